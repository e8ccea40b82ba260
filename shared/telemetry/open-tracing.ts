import { AsyncLocalStorage } from "node:async_hooks";
import { commandIdOf } from "#shared/domain/encoding/command-encoding.ts";
import { traceOfRecord } from "#shared/domain/encoding/traced-record.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { parseTraceId, TraceContext, type TraceId } from "#shared/domain/trace-context.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import { CommandTraces } from "./command-traces.ts";
import { HeldSpans } from "./held-spans.ts";
import type { Metrics } from "./metrics.ts";
import { RateBudget } from "./rate-budget.ts";
import { SpanExporter } from "./span-exporter.ts";
import { TraceIds } from "./trace-ids.ts";
import { STAGES, type Stage } from "./trace-stages.ts";
import {
  type KeepReason,
  NO_SPAN,
  type OpenSpan,
  type SpanEnd,
  type SpanTimes,
  type Tracing,
} from "./tracing.ts";

export interface TracingOptions {
  /** `gateway`, `matching`, … */
  readonly service: string;
  readonly region?: string;
  readonly zone?: string;
  /** Where a collector takes OTLP over HTTP, without the path. */
  readonly otlpUrl: string;
  /** The share of traces that is exported without a reason, 0 to 1. */
  readonly ratio: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export interface OpenTracing {
  readonly tracing: Tracing;
  /** Told of traces that a rule of this process keeps, some at a time: the processes that hold the rest of them want to know. */
  onKept(listener: (traceIds: readonly string[]) => void): void;
  /** Another process keeps these. */
  keptElsewhere(traceIds: readonly string[]): void;
  close(): Promise<void>;
}

/** The share of traces that is exported without a reason, where nobody says another: one of a hundred. What went wrong or was slow is exported anyway, so these show only what is usual. */
export const DEFAULT_TRACES_RATIO = 0.01;
/** Of eight commands each whose trace is known: as many as come in half a minute at full speed; 3 MB. */
const COMMAND_SETS = 2 ** 13;
/** Commands whose trace goes on behind their request: more than most processes take on most days; a saturated one takes some times as many. */
const FOLLOWED_PER_SECOND = 200;
const HOLD_MS = 10_000;
/** Ten seconds at full speed, and a good while else; 24 MB. */
const SPANS_MAX = 2 ** 18;
const SWEEP_MS = 1000;
/** Soon enough for what is held elsewhere, seldom enough to cost nothing. */
const TELL_MS = 200;
const TOLD_MAX = 1000;
const NO_ATTRIBUTES = {};
const NO_END = {};

/**
 * A process's traces, exported over OTLP. Ids are made as X-Ray wants them (their first half is the time), which are ordinary W3C ids to all others.
 */
export function openTracing(options: TracingOptions): OpenTracing {
  return new ExportedTracing(options);
}

class ExportedTracing implements Tracing, OpenTracing {
  readonly isOn = true;
  readonly tracing: Tracing = this;
  readonly #clock: Clock;
  readonly #ratio: number;
  readonly #ids: TraceIds;
  readonly #current = new AsyncLocalStorage<TraceContext | undefined>();
  readonly #commands = new CommandTraces(COMMAND_SETS);
  readonly #followed = new RateBudget(FOLLOWED_PER_SECOND);
  readonly #onNotFollowed: () => void;
  readonly #exporter: SpanExporter;
  readonly #held: HeldSpans;
  readonly #listeners = new Set<(traceIds: readonly string[]) => void>();
  #toTell: string[] = [];
  #telling: Timer | undefined;
  #sweeping: Timer;
  /** Epoch ms at the zero of the monotonic clock. */
  #epoch: number;

  constructor({ service, region, zone, otlpUrl, ratio, clock, metrics }: TracingOptions) {
    this.#clock = clock;
    this.#ids = new TraceIds(() => clock.now());
    this.#ratio = ratio;
    const onDropped = (reason: string, spans: number) =>
      metrics.add("meridian_spans_dropped_total", { reason }, spans);
    this.#onNotFollowed = () => metrics.add("meridian_traces_not_followed_total", {});
    this.#exporter = new SpanExporter({
      otlpUrl,
      resource: {
        "service.name": `meridian-${service}`,
        ...(region === undefined ? {} : { "cloud.region": region }),
        ...(zone === undefined ? {} : { "cloud.availability_zone": zone }),
      },
      clock,
      newSpan: (trace) => this.#ids.span(trace, true),
      onExported: (spans) => metrics.add("meridian_spans_exported_total", {}, spans),
      onDropped,
    });
    this.#held = new HeldSpans({
      spansMax: SPANS_MAX,
      holdMs: HOLD_MS,
      keptMs: 2 * HOLD_MS,
      spansOfTraceMax: 64,
      keptPerSecondMax: 50,
      export: (span) => this.#exporter.add(span),
      onDropped,
    });
    this.#epoch = clock.now() - clock.monotonic();
    this.#sweeping = clock.schedule(SWEEP_MS, () => this.#sweep());
  }

  root<S extends Stage>(stage: S, parent: TraceContext | undefined): OpenSpan<S> {
    const trace = parent ?? this.#ids.trace();
    // Whether the exchange pays for a trace is its own choice, not its client's.
    return this.#open(stage, this.#ids.span(trace, this.#isOfRatio(trace)), parent);
  }

  begin<S extends Stage>(stage: S, parent: TraceContext | undefined): OpenSpan<S> {
    if (parent === undefined) return NO_SPAN;
    return this.#open(stage, this.#ids.span(parent, parent.isSampled), parent);
  }

  record<S extends Stage>(
    stage: S,
    parent: TraceContext | undefined,
    beginMs: number,
    how: SpanEnd<S> = NO_END,
  ): void {
    if (parent !== undefined) this.#add(stage, undefined, parent, beginMs, this.#clock.monotonic(), how);
  }

  told<S extends Stage>(
    stage: S,
    span: TraceContext,
    { beginMs, endMs }: SpanTimes,
    how: SpanEnd<S> = NO_END,
  ): void {
    const own = new TraceContext(span, span.s0, span.s1, this.#isOfRatio(span));
    if (own.isSampled || this.#held.knows(own)) this.#add(stage, own, undefined, beginMs, endMs, how);
  }

  keep(context: TraceContext | undefined, _reason: KeepReason): void {
    if (context !== undefined && !context.isSampled) this.#keep(context);
  }

  #keep(trace: TraceContext): void {
    if (!this.#held.keep(trace, this.#clock.monotonic()) || this.#listeners.size === 0) return;
    if (this.#toTell.length < TOLD_MAX) this.#toTell.push(trace.traceId);
    this.#telling ??= this.#clock.schedule(TELL_MS, () => this.#tell());
  }

  within<T>(span: OpenSpan<Stage>, work: () => T): T {
    return span.context === undefined ? work() : this.#current.run(span.context, work);
  }

  current(): TraceContext | undefined {
    return this.#current.getStore();
  }

  follows(context: TraceContext | undefined): boolean {
    if (context === undefined) return false;
    if (context.isSampled || this.#followed.take(this.#clock.monotonic())) return true;
    this.#onNotFollowed();
    return false;
  }

  remember(commandId: CommandId, context: TraceContext | undefined): void {
    if (context === undefined) return;
    this.#commands.set(commandId, context);
  }

  rememberRecords(records: readonly { readonly bytes: Uint8Array }[]): void {
    for (const { bytes } of records) {
      const context = traceOfRecord(bytes);
      if (context !== undefined) this.remember(commandIdOf(bytes), context);
    }
  }

  contextOf(commandId: CommandId | ""): TraceContext | undefined {
    return commandId === "" ? undefined : this.#commands.get(commandId);
  }

  onKept(listener: (traceIds: readonly string[]) => void): void {
    this.#listeners.add(listener);
  }

  keptElsewhere(traceIds: readonly string[]): void {
    for (const traceId of traceIds) {
      const trace = parseTraceId(traceId);
      if (trace !== undefined) this.#held.keep(trace, this.#clock.monotonic());
    }
  }

  async close(): Promise<void> {
    this.#sweeping.cancel();
    this.#telling?.cancel();
    await this.#exporter.close();
  }

  #open<S extends Stage>(stage: S, own: TraceContext, parent: TraceContext | undefined): OpenSpan<S> {
    const beginMs = this.#clock.monotonic();
    const end = (how: SpanEnd<S> = NO_END) =>
      this.#add(stage, own, parent, beginMs, this.#clock.monotonic(), how);
    return { context: own, end };
  }

  /** Times are those of the clock's `monotonic`. One of the contexts there is. */
  #add(
    stage: Stage,
    own: TraceContext | undefined,
    parent: TraceContext | undefined,
    begin: number,
    end: number,
    { attributes = NO_ATTRIBUTES, keep: wanted }: SpanEnd<Stage>,
  ): void {
    const keep = wanted ?? (end - begin > STAGES[stage].slowMs ? "slow" : undefined);
    const beginMs = this.#epoch + begin;
    const endMs = this.#epoch + end;
    this.#held.add({ stage, own, parent, beginMs, endMs, attributes, keep });
    if (keep !== undefined) this.keep(own ?? parent, keep);
  }

  /** The same in every process, as OpenTelemetry's own sampler by ratio: the id's random end decides. */
  #isOfRatio({ t3 }: TraceId): boolean {
    return t3 >>> 0 < this.#ratio * 2 ** 32;
  }

  #sweep(): void {
    this.#held.sweep(this.#clock.monotonic());
    // The wall clock is corrected now and then; spans of a trace stand beside those of other machines.
    this.#epoch = this.#clock.now() - this.#clock.monotonic();
    this.#sweeping = this.#clock.schedule(SWEEP_MS, () => this.#sweep());
  }

  #tell(): void {
    this.#telling = undefined;
    const traceIds = this.#toTell;
    this.#toTell = [];
    for (const listener of this.#listeners) listener(traceIds);
  }
}
