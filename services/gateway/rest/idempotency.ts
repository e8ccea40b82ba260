import { createHash } from "node:crypto";
import type { Request } from "express";
import type { AccountId, CommandId } from "#shared/domain/ids.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { Principal } from "../identity/principal.ts";
import type { OrderEntry } from "../order-entry.ts";

/** Printable characters without blanks. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/;

/**
 * The command id of a request (architecture, section 5, "Once"): by its `Idempotency-Key` header, else, if it is signed, by its own bytes, so that
 * a byte-identical retry is the same command. A request of the page without a key is always a new command. Throws ILLEGAL_PARAM.
 */
export function commandIdOf(request: Request, principal: Principal, entry: OrderEntry): CommandId {
  const key = request.get("Idempotency-Key");
  if (key !== undefined) {
    if (!IDEMPOTENCY_KEY.test(key)) throw new ApiError("ILLEGAL_PARAM", { field: "Idempotency-Key" });
    return keyedCommandId(principal.account, key, entry);
  }
  if (principal.via === "session") return entry.freshCommandId(principal.account);
  const body = request.rawBody?.toString("latin1") ?? "";
  return entry.commandIdOf(principal.account, `signed ${request.method} ${request.originalUrl}\n${body}`);
}

/** The command that an idempotency key names, through whichever door it comes. */
export function keyedCommandId(account: AccountId, key: string, entry: OrderEntry): CommandId {
  return entry.commandIdOf(account, `key ${key}`);
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The client order id of an order that came without one: its command id in 22 letters and digits, so that a retry gets the same. */
export function defaultClientOrderId(commandId: CommandId): string {
  let rest = BigInt(`0x${commandId}`);
  let text = "";
  // 62^22 > 2^128: 22 digits hold every command id.
  for (let digit = 0; digit < 22; digit++) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

/** The client order id of the order at a place of a list that came without one: of the list's command id, so that a retry gets the same. */
export function memberClientOrderId(commandId: CommandId, place: number): string {
  const hash = createHash("sha256").update(`${commandId} ${place}`).digest("hex");
  return defaultClientOrderId(hash.slice(0, 32) as CommandId);
}
