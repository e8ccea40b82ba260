import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import { ApiError } from "#shared/protocol/errors.ts";

/** With what an API key's requests are signed, as Binance has it: a secret that both know, or a key pair of which only the public half is here. */
export const KEY_TYPES = ["HMAC", "ED25519"] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/** What checks a key's signatures. */
export interface KeyMaterial {
  readonly type: KeyType;
  /** `signature` as the request has it, percent-decoded. */
  verifies(payload: Uint8Array, signature: string): boolean;
}

/** How the public half of a key pair is kept; a secret has letters and digits only. */
const PUBLIC_KEY = "ed25519:";
const ED25519_SIGNATURE_BYTES = 64;
const HMAC_SIGNATURE = /^[0-9a-fA-F]{64}$/;
/** Base64, its padding optional: a query that is not percent-encoded loses it. */
const BASE64_SIGNATURE = /^[A-Za-z0-9+/]{86}(==)?$/;

/** A PEM of an Ed25519 public key (SPKI, `-----BEGIN PUBLIC KEY-----`) as it is kept. Throws INVALID_FIELD. */
export function keptPublicKey(pem: string): string {
  let key: KeyObject | undefined;
  try {
    // A private key would be taken too, and its public half derived: it must never come here.
    if (pem.includes("PUBLIC KEY")) key = createPublicKey(pem);
  } catch {
    // No key at all.
  }
  if (key?.asymmetricKeyType !== "ed25519") throw new ApiError("INVALID_FIELD", { field: "publicKey" });
  return `${PUBLIC_KEY}${key.export({ type: "spki", format: "der" }).toString("base64")}`;
}

/** What is kept of a key, ready to check signatures. */
export function keyMaterialOf(kept: string): KeyMaterial {
  if (!kept.startsWith(PUBLIC_KEY)) return hmacMaterial(kept);
  const der = Buffer.from(kept.slice(PUBLIC_KEY.length), "base64");
  const key = createPublicKey({ key: der, type: "spki", format: "der" });
  return {
    type: "ED25519",
    verifies: (payload, signature) => {
      if (!BASE64_SIGNATURE.test(signature)) return false;
      const bytes = Buffer.from(signature, "base64");
      return bytes.length === ED25519_SIGNATURE_BYTES && verify(null, payload, key, bytes);
    },
  };
}

function hmacMaterial(secret: string): KeyMaterial {
  return {
    type: "HMAC",
    verifies: (payload, signature) => {
      const expected = createHmac("sha256", secret).update(payload).digest();
      const actual = HMAC_SIGNATURE.test(signature)
        ? Buffer.from(signature, "hex")
        : Buffer.alloc(expected.length);
      return timingSafeEqual(expected, actual);
    },
  };
}
