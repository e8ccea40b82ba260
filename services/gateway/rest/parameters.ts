import { z } from "zod";
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";
import { CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import { ApiError, ERRORS, type ErrorName } from "#shared/protocol/errors.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import { INTERVALS } from "../views/intervals.ts";

const HOUR_MS = 60 * MINUTE_MS;

/**
 * The parameters of the Binance dialect, each with its form: they validate requests and make the OpenAPI document. The message of a failed
 * check is the name of the catalogue's entry that the client is answered.
 */
const refuse = (name: ErrorName): string => name;

export const text = (pattern: RegExp, description: string) =>
  z.string().regex(pattern, refuse("ILLEGAL_CHARS")).describe(description);

export const symbol = text(/^[A-Z0-9-_.]{1,20}$/, "A market, such as BTCUSDT.");
export const symbols = text(
  /^\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\]$/,
  'Several markets as a JSON list: ["BTCUSDT","ETHUSDT"].',
);
export const decimal = (description: string) => text(/^([0-9]{1,20})(\.[0-9]{1,20})?$/, description);
export const integer = (description: string) =>
  text(/^[0-9]{1,20}$/, description)
    .transform(Number)
    .refine(Number.isSafeInteger, refuse("ILLEGAL_PARAM"))
    .describe(description);
export const clientOrderId = (description: string) => text(CLIENT_ORDER_ID, description);
export const side = z.enum(SIDES, refuse("INVALID_SIDE"));
export const orderType = z.enum(ORDER_TYPES, refuse("INVALID_ORDER_TYPE"));
export const timeInForce = z.enum(TIMES_IN_FORCE, refuse("INVALID_TIF"));
export const selfTradePreventionMode = z
  .enum(SELF_TRADE_PREVENTIONS, refuse("ILLEGAL_PARAM"))
  .describe("The market's default if not sent; exchangeInfo lists what it allows.");
export const interval = z.enum(INTERVALS, refuse("BAD_INTERVAL"));
const ZONE_PATTERN = /^([+-]?)([0-9]{1,2})(?::([0-5][0-9]))?$/;
const [ZONE_MIN_MS, ZONE_MAX_MS] = [-12 * HOUR_MS, 14 * HOUR_MS];
/** Read as ms ahead of UTC. */
export const timeZone = z
  .string()
  .regex(ZONE_PATTERN, refuse("ILLEGAL_PARAM"))
  .transform((text) => {
    const [, sign, hours, minutes = "0"] = ZONE_PATTERN.exec(text) ?? [];
    const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
    return sign === "-" ? -size : size;
  })
  .refine((zone) => zone >= ZONE_MIN_MS && zone <= ZONE_MAX_MS, refuse("ILLEGAL_PARAM"))
  .default(0)
  .describe("Hours, or hours and minutes, ahead of UTC: 8, -1:00, 05:45. From -12:00 to +14:00; default 0.");
const WINDOW_PATTERN = /^(?:([1-9]|[1-5][0-9])m|([1-9]|1[0-9]|2[0-3])h|([1-7])d)$/;
/** Read as ms. */
export const windowSize = z
  .string()
  .regex(WINDOW_PATTERN, refuse("ILLEGAL_PARAM"))
  .transform((text) => {
    const [, minutes = "0", hours = "0", days = "0"] = WINDOW_PATTERN.exec(text) ?? [];
    return Number(minutes) * MINUTE_MS + (Number(hours) + Number(days) * 24) * HOUR_MS;
  })
  .default(24 * HOUR_MS)
  .describe("1m to 59m, 1h to 23h, or 1d to 7d. Default 1d.");
export const flag = (description: string) =>
  z
    .enum(["true", "false"], refuse("ILLEGAL_PARAM"))
    .transform((value) => value === "true")
    .describe(description);
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  z.enum(values, refuse("ILLEGAL_PARAM")).describe(description);

/** A page size: 1 or more; larger ones are cut to `max`, as Binance does. */
export const limit = (standard: number, max: number) =>
  integer("")
    .refine((value) => value > 0, refuse("ILLEGAL_PARAM"))
    .transform((value) => Math.min(value, max))
    .default(standard)
    .describe(`Default ${standard}; at most ${max}, larger values are cut.`);
export const startTime = integer("Epoch ms, inclusive.").optional();
export const endTime = integer("Epoch ms, inclusive.").optional();

/** What every signed request may carry; the signature's check reads them. */
export const SIGNING_PARAMETERS: ReadonlySet<string> = new Set(["timestamp", "recvWindow", "signature"]);

/**
 * Reads parameters by their schema. Throws `ApiError`: PARAM_EMPTY, UNKNOWN_PARAM (no route has it), UNREAD_PARAM (other routes have it),
 * MANDATORY_PARAM, or what the first failing check names.
 *
 * @param known every parameter name that any route has
 * @param isSigned whether `timestamp`, `recvWindow` and `signature` may be among them
 */
export function readParameters<T extends z.ZodObject>(
  schema: T,
  sent: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
  isSigned: boolean,
): z.output<T> {
  checkNames(Object.keys(schema.shape), sent, known, isSigned);
  const result = schema.safeParse(Object.fromEntries(sent));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = String(issue?.path[0] ?? "");
  if (!sent.has(field)) throw new ApiError("MANDATORY_PARAM", { field });
  const name = issue !== undefined && isErrorName(issue.message) ? issue.message : "ILLEGAL_PARAM";
  const pattern = issue?.code === "invalid_format" ? (issue.pattern ?? "").slice(1, -1) : "";
  throw new ApiError(name, { field, details: [field, pattern] });
}

function checkNames(
  names: readonly string[],
  sent: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
  isSigned: boolean,
): void {
  let read = 0;
  for (const [name, value] of sent) {
    const isRead = names.includes(name) || (isSigned && SIGNING_PARAMETERS.has(name));
    if (isRead) read++;
    else if (!known.has(name)) throw new ApiError("UNKNOWN_PARAM", { field: name });
    if (isRead && value === "") throw new ApiError("PARAM_EMPTY", { field: name });
  }
  if (read < sent.size) throw new ApiError("UNREAD_PARAM", { details: [String(read), String(sent.size)] });
}

function isErrorName(message: string): message is ErrorName {
  return Object.hasOwn(ERRORS, message);
}
