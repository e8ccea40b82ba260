import { createHash, timingSafeEqual } from "node:crypto";
import type { Request } from "express";

/** True if a request bears the operator's token. Compares hashes, in constant time: neither the token nor its length shows. */
export function isOperator(request: Request, operatorToken: string): boolean {
  const sent = /^Bearer (\S+)$/.exec(request.get("Authorization") ?? "")?.[1];
  return sent !== undefined && timingSafeEqual(hash(sent), hash(operatorToken));
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
