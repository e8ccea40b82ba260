import { createCipheriv, createDecipheriv } from "node:crypto";
import { assert } from "#shared/domain/invariant.ts";
import type { Random } from "#shared/ports/random.ts";
import { SealBroken } from "#shared/ports/sealer.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A shorter tag, which cut bytes would have, is refused. */
const CIPHER_OPTIONS = { authTagLength: TAG_BYTES };

/** AES-256-GCM bound to a name: nonce ‖ tag ‖ ciphertext. A key seals less than 2^32 secrets, for nonces are drawn at random (NIST SP 800-38D, 8.3). */
export function sealWith(key: Uint8Array, random: Random, name: string, secret: Uint8Array): Uint8Array {
  assert(key.length === KEY_BYTES, "a key of 256 bits");
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, CIPHER_OPTIONS).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Throws `SealBroken`. */
export function openWith(key: Uint8Array, name: string, sealed: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES), CIPHER_OPTIONS);
    decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealBroken(`The secret ${name} cannot be opened: it, its name or the key is another one.`);
  }
}
