import type { CommandId } from "#shared/domain/ids.ts";
import type { TraceContext } from "#shared/domain/trace-context.ts";
import type { AttributesOf, Stage } from "./trace-stages.ts";

/** Why a trace is kept whatever the ratio says; slow stages are found by themselves. */
export type KeepReason =
  /** Something failed that should not. */
  | "error"
  /** The exchange refused the command. */
  | "refused"
  /** Accepted in a fork: what may end in conflict. */
  | "provisional"
  | "slow";

export interface SpanEnd<S extends Stage> {
  readonly attributes?: AttributesOf<S>;
  readonly keep?: KeepReason | undefined;
}

export interface SpanTimes {
  readonly beginMs: number;
  readonly endMs: number;
}

/** A stage under way. */
export interface OpenSpan<S extends Stage> {
  /** What others hang on; `undefined` where nothing is traced. */
  readonly context: TraceContext | undefined;
  end(how?: SpanEnd<S>): void;
}

/**
 * Where parts tell what they did for whom. Never throws and never waits. Spans of a trace are held in the process for a while, and exported when the trace
 * is of the sampled ratio, or a rule says that it is to be kept.
 */
export interface Tracing {
  /** False where nothing is traced: nothing then needs to be measured. */
  readonly isOn: boolean;
  /** Begins what a client waits for: under the client's own span, or as a trace of its own. */
  root<S extends Stage>(stage: S, parent: TraceContext | undefined): OpenSpan<S>;
  /** Begins a stage; nothing happens without a parent. */
  begin<S extends Stage>(stage: S, parent: TraceContext | undefined): OpenSpan<S>;
  /** A stage that has ended now. @param beginMs when it began, by the clock's `monotonic` */
  record<S extends Stage>(
    stage: S,
    parent: TraceContext | undefined,
    beginMs: number,
    how?: SpanEnd<S>,
  ): void;
  /**
   * A stage that somebody else measured and names itself, by the clock's `monotonic`: what was traced here hangs on it. It is part of a trace that is known here or exported anyway; else it is forgotten.
   */
  told<S extends Stage>(stage: S, span: TraceContext, times: SpanTimes, how?: SpanEnd<S>): void;
  /** The trace is worth keeping, also in the other processes that hold parts of it. */
  keep(context: TraceContext | undefined, reason: KeepReason): void;
  /** Does work of which `current` tells the span, wherever it goes on. */
  within<T>(span: OpenSpan<Stage>, work: () => T): T;
  current(): TraceContext | undefined;
  /**
   * Whether what is done with a command behind its request is part of the trace too: always where the trace is exported anyway, else of so many a second, so that what traces cost has a bound. To be asked once a command.
   */
  follows(context: TraceContext | undefined): boolean;
  /** The command belongs to this trace, as far as this process knows. */
  remember(commandId: CommandId, context: TraceContext | undefined): void;
  /** The commands of these records belong to the traces that they carry. */
  rememberRecords(records: readonly { readonly bytes: Uint8Array }[]): void;
  /** The trace of a command that was seen lately. */
  contextOf(commandId: CommandId | ""): TraceContext | undefined;
}

export const NO_SPAN: OpenSpan<Stage> = { context: undefined, end: () => {} };

/** Traces nothing. */
export const NO_TRACING: Tracing = {
  isOn: false,
  root: () => NO_SPAN,
  begin: () => NO_SPAN,
  record: () => {},
  told: () => {},
  keep: () => {},
  within: (_span, work) => work(),
  current: () => undefined,
  follows: () => false,
  remember: () => {},
  rememberRecords: () => {},
  contextOf: () => undefined,
};
