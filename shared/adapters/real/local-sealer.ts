import type { Random } from "#shared/ports/random.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import { openWith, sealWith } from "./aes-gcm.ts";

/** Seals with a key of 32 bytes that this machine keeps. */
export function createLocalSealer(key: Uint8Array, random: Random): Sealer {
  return {
    seal: async (name, secret) => sealWith(key, random, name, secret),
    open: async (name, sealed) => openWith(key, name, sealed),
    close: () => {},
  };
}
