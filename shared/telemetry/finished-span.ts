import type { Stage } from "./trace-stages.ts";
import type { KeepReason, SpanAttributes } from "./tracing.ts";

/** A stage that has ended. Most are held and forgotten, so it is no more than this until it is exported. */
export interface FinishedSpan {
  readonly stage: Stage;
  readonly traceId: string;
  /** `undefined` where nothing hangs on it: it gets one when it is exported. */
  readonly spanId: string | undefined;
  /** `undefined` for the first of a trace. */
  readonly parentSpanId: string | undefined;
  readonly isSampled: boolean;
  /** Epoch ms, with fractions. */
  readonly beginMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  readonly keep: KeepReason | undefined;
}
