import { AsyncLocalStorage } from "node:async_hooks";
import { commandIdOf } from "#shared/domain/encoding/command-encoding.ts";
import { traceOfRecord } from "#shared/domain/encoding/traced-record.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import type { TraceContext } from "#shared/domain/trace-context.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import { Generations } from "./generations.ts";
import { HeldTraces } from "./held-traces.ts";
import type { Metrics } from "./metrics.ts";
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

/** Commands whose trace is known: some seconds of them at full speed. */
const COMMANDS_MAX = 50_000;
const HOLD_MS = 10_000;
const SWEEP_MS = 1000;
/** Soon enough for what is held elsewhere, seldom enough to cost nothing. */
const TELL_MS = 200;
const TOLD_MAX = 1000;
const NO_ATTRIBUTES = {};

/**
 * A process's traces, exported over OTLP. Ids are made as X-Ray wants them (their first half is the time), which are ordinary W3C ids to all others.
 */
export function openTracing(options: TracingOptions): OpenTracing {
  return new ExportedTracing(options);
}

/** One that nothing hangs on has no id yet. */
type NamedSpan = Omit<TraceContext, "spanId"> & { readonly spanId: string | undefined };

class ExportedTracing implements Tracing, OpenTracing {
  readonly isOn = true;
  readonly tracing: Tracing = this;
  readonly #clock: Clock;
  readonly #ratio: number;
  readonly #ids: TraceIds;
  readonly #current = new AsyncLocalStorage<TraceContext | undefined>();
  readonly #commands = new Generations<TraceContext>(COMMANDS_MAX);
  readonly #exporter: SpanExporter;
  readonly #held: HeldTraces;
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
    this.#exporter = new SpanExporter({
      otlpUrl,
      resource: {
        "service.name": `meridian-${service}`,
        ...(region === undefined ? {} : { "cloud.region": region }),
        ...(zone === undefined ? {} : { "cloud.availability_zone": zone }),
      },
      clock,
      newSpanId: () => this.#ids.spanId(),
      onExported: (spans) => metrics.add("meridian_spans_exported_total", {}, spans),
      onDropped,
    });
    this.#held = new HeldTraces({
      holdMs: HOLD_MS,
      tracesMax: 20_000,
      spansMax: 64,
      keptPerSecondMax: 50,
      export: (span) => this.#exporter.add(span),
      onDropped,
    });
    this.#epoch = clock.now() - clock.monotonic();
    this.#sweeping = clock.schedule(SWEEP_MS, () => this.#sweep());
  }

  root(stage: Stage, parent: TraceContext | undefined): OpenSpan {
    const traceId = parent?.traceId ?? this.#ids.traceId();
    // Whether the exchange pays for a trace is its own choice, not its client's.
    return this.#open(stage, traceId, parent?.spanId, isOfRatio(traceId, this.#ratio));
  }

  begin(stage: Stage, parent: TraceContext | undefined): OpenSpan {
    if (parent === undefined) return NO_SPAN;
    return this.#open(stage, parent.traceId, parent.spanId, parent.isSampled);
  }

  record(stage: Stage, parent: TraceContext | undefined, beginMs: number, how: SpanEnd = {}): void {
    if (parent === undefined) return;
    const { traceId, isSampled } = parent;
    this.#finish(stage, { traceId, spanId: undefined, isSampled }, parent.spanId, beginMs, how);
  }

  told(stage: Stage, { traceId, spanId }: TraceContext, times: SpanTimes, how: SpanEnd = {}): void {
    const isSampled = isOfRatio(traceId, this.#ratio);
    if (!isSampled && !this.#held.knows(traceId)) return;
    this.#add(stage, { traceId, spanId, isSampled }, undefined, times, how);
  }

  keep(context: TraceContext | undefined, _reason: KeepReason): void {
    if (context !== undefined && !context.isSampled) this.#keep(context.traceId);
  }

  #keep(traceId: string): void {
    if (!this.#held.keep(traceId, this.#clock.monotonic()) || this.#listeners.size === 0) return;
    if (this.#toTell.length < TOLD_MAX) this.#toTell.push(traceId);
    this.#telling ??= this.#clock.schedule(TELL_MS, () => this.#tell());
  }

  within<T>(span: OpenSpan, work: () => T): T {
    return span.context === undefined ? work() : this.#current.run(span.context, work);
  }

  current(): TraceContext | undefined {
    return this.#current.getStore();
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
    return this.#commands.get(commandId);
  }

  onKept(listener: (traceIds: readonly string[]) => void): void {
    this.#listeners.add(listener);
  }

  keptElsewhere(traceIds: readonly string[]): void {
    for (const traceId of traceIds) this.#held.keep(traceId, this.#clock.monotonic());
  }

  async close(): Promise<void> {
    this.#sweeping.cancel();
    this.#telling?.cancel();
    await this.#exporter.close();
  }

  #open(stage: Stage, traceId: string, parentSpanId: string | undefined, isSampled: boolean): OpenSpan {
    const context = { traceId, spanId: this.#ids.spanId(), isSampled };
    const beginMs = this.#clock.monotonic();
    return { context, end: (how = {}) => this.#finish(stage, context, parentSpanId, beginMs, how) };
  }

  #finish(
    stage: Stage,
    span: NamedSpan,
    parentSpanId: string | undefined,
    beginMs: number,
    how: SpanEnd,
  ): void {
    this.#add(stage, span, parentSpanId, { beginMs, endMs: this.#clock.monotonic() }, how);
  }

  #add(
    stage: Stage,
    { traceId, spanId, isSampled }: NamedSpan,
    parentSpanId: string | undefined,
    times: SpanTimes,
    { attributes = NO_ATTRIBUTES, keep: wanted }: SpanEnd,
  ): void {
    const keep = wanted ?? (times.endMs - times.beginMs > STAGES[stage].slowMs ? "slow" : undefined);
    const beginMs = this.#epoch + times.beginMs;
    const endMs = this.#epoch + times.endMs;
    const span = { stage, traceId, spanId, parentSpanId, isSampled, beginMs, endMs, attributes, keep };
    this.#held.add(span);
    if (keep !== undefined && !isSampled) this.#keep(traceId);
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

/** The same in every process, as OpenTelemetry's own sampler by ratio: the id's random end decides. */
function isOfRatio(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(24), 16) < ratio * 2 ** 32;
}
