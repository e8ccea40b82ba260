import { createHash, timingSafeEqual } from "node:crypto";
import type { Request } from "express";

/** Somebody who runs the platform: a name for the audit trail, and a secret. No user of the exchange, and none of its accounts. */
export interface OperatorKey {
  readonly name: string;
  readonly token: string;
}

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const TOKEN = /^[^\s,:]+$/;
/** Who has the one token of a platform whose operators have no names. */
export const NAMELESS = "operator";

/** Reads `ada:TOKEN,grace:TOKEN`; a token alone is that of `operator`. `undefined` where it is of another form, or a name or a token is there twice. */
export function parseOperators(text: string): readonly OperatorKey[] | undefined {
  const keys = text.split(",").map((part): OperatorKey => {
    const [first = "", ...rest] = part.trim().split(":");
    return rest.length === 0 ? { name: NAMELESS, token: first } : { name: first, token: rest.join(":") };
  });
  const isWhole = keys.every(({ name, token }) => NAME.test(name) && TOKEN.test(token));
  const names = new Set(keys.map(({ name }) => name));
  const tokens = new Set(keys.map(({ token }) => token));
  return isWhole && names.size === keys.length && tokens.size === keys.length ? keys : undefined;
}

/** Tells operators by their tokens. */
export class Operators {
  readonly #keys: readonly { readonly name: string; readonly hash: Buffer }[];

  constructor(keys: readonly OperatorKey[]) {
    this.#keys = keys.map(({ name, token }) => ({ name, hash: hashOf(token) }));
  }

  /** The name of the operator whose token a request bears. Compares hashes, all of them, each in constant time: neither a token nor its length shows. */
  of(request: Request): string | undefined {
    const sent = /^Bearer (\S+)$/.exec(request.get("Authorization") ?? "")?.[1];
    if (sent === undefined) return undefined;
    const hash = hashOf(sent);
    const [found] = this.#keys.filter((key) => timingSafeEqual(key.hash, hash));
    return found?.name;
  }
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
