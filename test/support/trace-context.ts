import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { writeTrace } from "#shared/domain/encoding/traced-record.ts";
import { assert } from "#shared/domain/invariant.ts";
import { parseTraceparent, type TraceContext } from "#shared/domain/trace-context.ts";

/** By the digits of its ids. */
export function traceContext(traceId: string, spanId = "b7ad6b7169203331", isSampled = true): TraceContext {
  const context = parseTraceparent(`00-${traceId}-${spanId}-0${isSampled ? 1 : 0}`);
  assert(context !== undefined, `${traceId} and ${spanId} are ids`);
  return context;
}

/** A record of a command with a trace in front. */
export function tracedRecord(command: Uint8Array, context: TraceContext): Uint8Array {
  const writer = new ByteWriter();
  writeTrace(writer, context);
  writer.raw(command);
  return writer.finish();
}
