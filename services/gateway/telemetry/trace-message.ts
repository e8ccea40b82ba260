import { parseTraceparent } from "#shared/domain/trace-context.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { isOwnFault } from "./own-fault.ts";

/**
 * Handles a message over Socket.IO as part of the trace that its `traceparent` names, or as one of its own. The field is for this alone: who handles the message does
 * not see it.
 */
export async function traceMessage<T>(
  tracing: Tracing,
  event: string,
  body: unknown,
  handle: (body: unknown) => Promise<T>,
): Promise<T> {
  const { traceparent, message } = withoutTrace(body);
  if (!tracing.isOn) return handle(message);
  const span = tracing.root("gateway.message", parseTraceparent(traceparent));
  const attributes = { "meridian.event": event };
  try {
    const answer = await tracing.within(span, () => handle(message));
    span.end({ attributes });
    return answer;
  } catch (error) {
    const code = error instanceof ApiError ? error.entry.code : 0;
    span.end({
      attributes: { ...attributes, "meridian.code": code },
      keep: isOwnFault(error) ? "error" : undefined,
    });
    throw error;
  }
}

function withoutTrace(body: unknown): { readonly traceparent?: unknown; readonly message: unknown } {
  if (typeof body !== "object" || body === null || !("traceparent" in body)) return { message: body };
  const { traceparent, ...message } = body;
  return { traceparent, message };
}
