import type { TraceContext } from "#shared/domain/trace-context.ts";
import type { AttributesOf, Stage } from "./trace-stages.ts";
import type { KeepReason } from "./tracing.ts";

/** A stage that has ended. */
export interface FinishedSpan {
  readonly stage: Stage;
  /** `undefined` where nothing hangs on it: it gets an id when it is exported. One of the two there is. */
  readonly own: TraceContext | undefined;
  /** `undefined` for the first of a trace. */
  readonly parent: TraceContext | undefined;
  /** Epoch ms, with fractions. */
  readonly beginMs: number;
  readonly endMs: number;
  readonly attributes: AttributesOf<Stage>;
  readonly keep: KeepReason | undefined;
}

/** The trace that it is part of. */
export function traceOf({ own, parent }: Pick<FinishedSpan, "own" | "parent">): TraceContext {
  return (own ?? parent) as TraceContext;
}
