import type { IncomingHttpHeaders } from "node:http";
import { defaultTextMapGetter, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { parseTraceparent, type TraceContext } from "#shared/domain/trace-context.ts";

const X_RAY = new AWSXRayPropagator();

/** The trace that a request belongs to: by W3C's header, else by the one that X-Ray's clients send. */
export function incomingTrace(headers: IncomingHttpHeaders): TraceContext | undefined {
  const w3c = parseTraceparent(headers.traceparent);
  if (w3c !== undefined) return w3c;
  if (headers["x-amzn-trace-id"] === undefined) return undefined;
  const context = X_RAY.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const found = trace.getSpanContext(context);
  if (found === undefined) return undefined;
  const { traceId, spanId, traceFlags } = found;
  return parseTraceparent(`00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`);
}
