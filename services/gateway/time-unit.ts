import { ApiError } from "#shared/protocol/errors.ts";

/** In which clients of Binance's dialect hear times. Times here are whole milliseconds: what is told in microseconds is no finer. */
export type TimeUnit = "MILLISECOND" | "MICROSECOND";

/** Binance's spellings (rest-api.md, X-MBX-TIME-UNIT; web-socket-streams.md and web-socket-api.md, timeUnit). */
const UNITS: Readonly<Record<string, TimeUnit>> = {
  MILLISECOND: "MILLISECOND",
  millisecond: "MILLISECOND",
  MICROSECOND: "MICROSECOND",
  microsecond: "MICROSECOND",
};

/** The unit that is asked for; milliseconds where nothing is said. Throws INVALID_TIME_UNIT. */
export function timeUnitOf(text: string | null | undefined): TimeUnit {
  if (text === null || text === undefined) return "MILLISECOND";
  const unit = Object.hasOwn(UNITS, text) ? UNITS[text] : undefined;
  if (unit === undefined) throw new ApiError("INVALID_TIME_UNIT");
  return unit;
}

type Json = Readonly<Record<string, unknown>>;

/** Fields of answers that are times, over all routes of the dialect. */
const ANSWER_TIMES: ReadonlySet<string> = new Set([
  "serverTime",
  "time",
  "updateTime",
  "transactTime",
  "transactionTime",
  "workingTime",
  "trailingTime",
  "goodTillDate",
  "openTime",
  "closeTime",
  "authorizedSince",
  "connectedSince",
  // Of an aggregate trade.
  "T",
]);
/** A candle is an array, and nothing else that routes answer is one so long. */
const CANDLE_LENGTH = 12;
const [CANDLE_OPEN, CANDLE_CLOSE] = [0, 6];

/** Events' fields that are times, by the event's name; of one that is not here the first. */
const EVENT_TIMES: Readonly<Record<string, readonly string[]>> = {
  trade: ["E", "T"],
  aggTrade: ["E", "T"],
  avgPrice: ["E", "T"],
  "24hrTicker": ["E", "O", "C"],
  "1hTicker": ["E", "O", "C"],
  "4hTicker": ["E", "O", "C"],
  "1dTicker": ["E", "O", "C"],
  executionReport: ["E", "T", "O", "W"],
  listStatus: ["E", "T"],
  outboundAccountPosition: ["E", "u"],
  balanceUpdate: ["E", "T"],
};
const EVERY_EVENT: readonly string[] = ["E"];

/** An answer of REST or of the WebSocket API with its times in microseconds. */
export function answerInMicroseconds(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.length === CANDLE_LENGTH && typeof value[CANDLE_OPEN] === "number")
      return value.map((one, at) =>
        at === CANDLE_OPEN ? micros(one) : at === CANDLE_CLOSE ? lastMicro(one) : one,
      );
    return value.map(answerInMicroseconds);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      ANSWER_TIMES.has(name) && typeof one === "number" ? micros(one) : answerInMicroseconds(one),
    ]),
  );
}

/** An event of a stream, or several, with its times in microseconds. */
export function eventInMicroseconds(event: object): object {
  if (Array.isArray(event)) return event.map(eventInMicroseconds);
  const fields = event as Json;
  const told: Record<string, unknown> = { ...fields };
  for (const name of EVENT_TIMES[String(fields.e)] ?? EVERY_EVENT)
    if (typeof fields[name] === "number") told[name] = micros(fields[name]);
  if (fields.e === "kline") {
    const candle = fields.k as Json;
    told.k = { ...candle, t: micros(candle.t), T: lastMicro(candle.T) };
  }
  return told;
}

/** What is no time (-1, 0) stays. */
function micros(ms: unknown): unknown {
  return typeof ms === "number" && ms > 0 ? ms * 1000 : ms;
}

/** Of a candle's last millisecond its last microsecond: the next one begins then. */
function lastMicro(ms: unknown): unknown {
  return typeof ms === "number" ? (ms + 1) * 1000 - 1 : ms;
}
