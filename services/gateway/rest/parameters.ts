import { z } from "zod";
import { INTERVALS } from "../views/intervals.ts";
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";
import { CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import { ApiError, type ErrorName } from "#shared/protocol/errors.ts";

/** The parameters of the Binance dialect, each with its form. They validate requests and make the OpenAPI document. */
export const symbol = z.string().regex(/^[A-Z0-9-_.]{1,20}$/).describe("A market, such as BTCUSDT.");
export const symbols = z.string().describe('Several markets as a JSON list: ["BTCUSDT","ETHUSDT"].');
export const decimal = z.string().regex(/^\d{1,20}(\.\d{0,20})?$/);
export const integer = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value));
export const side = z.enum(SIDES);
export const orderType = z.enum(ORDER_TYPES);
export const timeInForce = z.enum(TIMES_IN_FORCE);
export const selfTradePreventionMode = z.enum(SELF_TRADE_PREVENTIONS);
export const clientOrderId = z.string().regex(CLIENT_ORDER_ID);
export const interval = z.enum(INTERVALS);
export const orderResponseType = z.enum(["ACK", "RESULT", "FULL"]);
export const startTime = integer.optional().describe("Epoch ms, inclusive.");
export const endTime = integer.optional().describe("Epoch ms, inclusive.");

/** A page size; larger ones are cut to `max`, as Binance does. */
export function limit(standard: number, max: number) {
  return integer
    .optional()
    .transform((value) => Math.min(Math.max(value ?? standard, 1), max))
    .describe(`At most ${max}; ${standard} if not sent.`);
}

/** Codes of their own that Binance gives some parameters. */
const OWN_ERRORS: Readonly<Record<string, ErrorName>> = {
  side: "INVALID_SIDE",
  type: "INVALID_ORDER_TYPE",
  timeInForce: "INVALID_TIME_IN_FORCE",
  interval: "INVALID_INTERVAL",
  symbol: "BAD_SYMBOL",
  newOrderRespType: "INVALID_DATA",
  selfTradePreventionMode: "INVALID_DATA",
};

/** Reads parameters by their schema. Throws `ApiError` that names the first parameter at fault. Empty ones count as not sent. */
export function readParameters<T extends z.ZodType>(schema: T, sent: Readonly<Record<string, string>>): z.output<T> {
  const present = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ""));
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const field = String(result.error.issues[0]?.path[0] ?? "");
  if (present[field] === undefined) throw new ApiError("MANDATORY_PARAM", { field });
  throw new ApiError(OWN_ERRORS[field] ?? "ILLEGAL_PARAM", { field });
}
