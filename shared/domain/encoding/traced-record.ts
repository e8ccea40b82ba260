import { TraceContext } from "../trace-context.ts";
import type { ByteWriter } from "./byte-writer.ts";

/**
 * A record of the log that carries a trace: this byte, the ids and the flags of a {@link TraceContext}, and behind them the command as any record
 * has it. Version 2 of the form of a record; version 1 is the command alone.
 */
const TRACED = 2;
const WORDS = 6;
const CONTEXT_BYTES = 1 + 4 * WORDS + 1;
const SAMPLED = 1;

/** What stands in front of a command that carries a trace. */
export function writeTrace(writer: ByteWriter, { t0, t1, t2, t3, s0, s1, isSampled }: TraceContext): void {
  writer.byte(TRACED);
  writer.word(t0);
  writer.word(t1);
  writer.word(t2);
  writer.word(t3);
  writer.word(s0);
  writer.word(s1);
  writer.byte(isSampled ? SAMPLED : 0);
}

/** Where the command begins in a record: whoever folds it begins there, so that no trace can change what is folded. */
export function commandStart(record: Uint8Array): number {
  return record[0] === TRACED && record.length > CONTEXT_BYTES ? CONTEXT_BYTES : 0;
}

/** The trace that a record carries, if it does. */
export function traceOfRecord(record: Uint8Array): TraceContext | undefined {
  if (commandStart(record) === 0) return undefined;
  const trace = {
    t0: wordAt(record, 1),
    t1: wordAt(record, 5),
    t2: wordAt(record, 9),
    t3: wordAt(record, 13),
  };
  const s0 = wordAt(record, 17);
  const s1 = wordAt(record, 21);
  if ((trace.t0 | trace.t1 | trace.t2 | trace.t3) === 0 || (s0 | s1) === 0) return undefined;
  return new TraceContext(trace, s0, s1, ((record[CONTEXT_BYTES - 1] as number) & SAMPLED) === SAMPLED);
}

/** Of a record that is long enough. */
function wordAt(record: Uint8Array, at: number): number {
  const high = ((record[at] as number) << 24) | ((record[at + 1] as number) << 16);
  return high | ((record[at + 2] as number) << 8) | (record[at + 3] as number);
}
