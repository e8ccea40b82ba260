import { createCipheriv, createDecipheriv } from "node:crypto";
import { assert } from "#shared/domain/invariant.ts";
import type { Random } from "#shared/ports/random.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets at rest by AES-256-GCM; each is bound to a name, so that a sealed secret cannot be moved to another key's row. */
export class SecretBox {
  readonly #key: Uint8Array;
  readonly #random: Random;

  constructor(key: Uint8Array, random: Random) {
    assert(key.length === 32, "a key of 256 bits");
    this.#key = key;
    this.#random = random;
  }

  /** nonce ‖ tag ‖ ciphertext */
  seal(name: string, secret: string): Uint8Array {
    const nonce = this.#random.bytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws if the sealed bytes, the name or the key are not those of `seal`. */
  open(name: string, bytes: Uint8Array): string {
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce, { authTagLength: TAG_BYTES }).setAAD(
      Buffer.from(name),
    );
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return (
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8")
    );
  }
}
