import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "#shared/ports/random.ts";

/** The operating system's cryptographic randomness. */
export function systemRandom(): Random {
  return {
    bytes: (count) => randomBytes(count),
    below: (bound) => randomInt(bound),
  };
}
