import type { TraceContext } from "../trace-context.ts";

/**
 * A record of the log that carries a trace: this byte, the ids and the flags of a {@link TraceContext}, and behind them the command as any record
 * has it. Version 2 of the form of a record; version 1 is the command alone.
 */
const TRACED = 2;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const CONTEXT_BYTES = 1 + TRACE_ID_BYTES + SPAN_ID_BYTES + 1;
const SAMPLED = 1;
const NO_TRACE_ID = "0".repeat(2 * TRACE_ID_BYTES);
const NO_SPAN_ID = "0".repeat(2 * SPAN_ID_BYTES);

/** A record of a command (`encodeCommand`) that carries a trace. */
export function tracedRecord(command: Uint8Array, context: TraceContext | undefined): Uint8Array {
  if (context === undefined) return command;
  const record = new Uint8Array(CONTEXT_BYTES + command.length);
  record[0] = TRACED;
  writeHex(record, 1, context.traceId);
  writeHex(record, 1 + TRACE_ID_BYTES, context.spanId);
  record[CONTEXT_BYTES - 1] = context.isSampled ? SAMPLED : 0;
  record.set(command, CONTEXT_BYTES);
  return record;
}

/** Where the command begins in a record: whoever folds it begins there, so that no trace can change what is folded. */
export function commandStart(record: Uint8Array): number {
  return record[0] === TRACED && record.length > CONTEXT_BYTES ? CONTEXT_BYTES : 0;
}

/** The trace that a record carries, if it does. */
export function traceOfRecord(record: Uint8Array): TraceContext | undefined {
  if (commandStart(record) === 0) return undefined;
  const traceId = hexAt(record, 1, TRACE_ID_BYTES);
  const spanId = hexAt(record, 1 + TRACE_ID_BYTES, SPAN_ID_BYTES);
  if (traceId === NO_TRACE_ID || spanId === NO_SPAN_ID) return undefined;
  return { traceId, spanId, isSampled: ((record[CONTEXT_BYTES - 1] as number) & SAMPLED) === SAMPLED };
}

function writeHex(bytes: Uint8Array, at: number, digits: string): void {
  for (let each = 0; each < digits.length; each += 2)
    bytes[at + each / 2] = (digitOf(digits, each) << 4) | digitOf(digits, each + 1);
}

function digitOf(digits: string, at: number): number {
  const code = digits.charCodeAt(at);
  // "0" to "9", then "a" to "f".
  return code < 58 ? code - 48 : code - 87;
}

function hexAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString("hex");
}
