import { scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "#shared/ports/random.ts";
import { ApiError } from "#shared/protocol/errors.ts";

/** OWASP's password storage guidance for scrypt: N = 2^15, r = 8, p = 3 or stronger; one hash takes about 32 MiB. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;

/** At most so many hashes are under way or waiting; more sign-ins are refused as overload. */
const MAX_PENDING = 64;

/** Hashes and checks passwords, a bounded number at a time. */
export class Passwords {
  readonly #random: Random;
  #pending = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A self-describing hash: `scrypt$N$r$p$salt$key`. */
  async hash(password: string): Promise<string> {
    const salt = Buffer.from(this.#random.bytes(16));
    const key = await this.#derive(password, salt, COST);
    return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64"), key.toString("base64")].join("$");
  }

  /** Compares in constant time. Without a hash (an unknown user) it takes as long, and is false. */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    const [, n, r, p, salt, key] = (hash ?? UNKNOWN_USER).split("$");
    const cost = { N: Number(n), r: Number(r), p: Number(p), maxmem: COST.maxmem };
    const expected = Buffer.from(key ?? "", "base64");
    const actual = await this.#derive(password, Buffer.from(salt ?? "", "base64"), cost);
    return timingSafeEqual(expected, actual) && hash !== undefined;
  }

  #derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
    if (this.#pending >= MAX_PENDING) throw new ApiError("OVERLOADED", { retryAfterSeconds: 5 });
    this.#pending++;
    return new Promise((resolve, reject) => {
      scrypt(password.normalize("NFKC"), salt, KEY_BYTES, cost, (error, key) => {
        this.#pending--;
        if (error === null) resolve(key);
        else reject(error);
      });
    });
  }
}

const UNKNOWN_USER = [
  "scrypt",
  COST.N,
  COST.r,
  COST.p,
  "AAAAAAAAAAAAAAAAAAAAAA==",
  Buffer.alloc(KEY_BYTES).toString("base64"),
].join("$");
