import { AsyncLocalStorage } from "node:async_hooks";
import { AWSXRayIdGenerator } from "@opentelemetry/id-generator-aws-xray";
import { commandIdOf } from "#shared/domain/encoding/command-encoding.ts";
import { traceOfRecord } from "#shared/domain/encoding/traced-record.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import type { TraceContext } from "#shared/domain/trace-context.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import { HeldTraces } from "./held-traces.ts";
import type { Metrics } from "./metrics.ts";
import { SpanExporter } from "./span-exporter.ts";
import { STAGES, type Stage } from "./trace-stages.ts";
import { type KeepReason, NO_SPAN, type OpenSpan, type SpanEnd, type Tracing } from "./tracing.ts";

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
  readonly #ids = new AWSXRayIdGenerator();
  readonly #current = new AsyncLocalStorage<TraceContext | undefined>();
  readonly #commands = new Map<string, TraceContext>();
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
    const traceId = parent?.traceId ?? this.#ids.generateTraceId();
    // Whether the exchange pays for a trace is its own choice, not its client's.
    return this.#open(stage, traceId, parent?.spanId, isOfRatio(traceId, this.#ratio));
  }

  begin(stage: Stage, parent: TraceContext | undefined): OpenSpan {
    if (parent === undefined) return NO_SPAN;
    return this.#open(stage, parent.traceId, parent.spanId, parent.isSampled);
  }

  record(stage: Stage, parent: TraceContext | undefined, beginMs: number, how: SpanEnd = {}) {
    if (parent === undefined) return undefined;
    const { traceId, isSampled } = parent;
    const context = { traceId, spanId: this.#ids.generateSpanId(), isSampled };
    this.#finish(stage, context, parent.spanId, beginMs, how);
    return context;
  }

  keep(context: TraceContext | undefined, _reason: KeepReason): void {
    if (context === undefined || context.isSampled) return;
    const { traceId } = context;
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
    const commands = this.#commands;
    commands.delete(commandId);
    commands.set(commandId, context);
    if (commands.size <= COMMANDS_MAX) return;
    const [oldest] = commands.keys();
    if (oldest !== undefined) commands.delete(oldest);
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
    const context = { traceId, spanId: this.#ids.generateSpanId(), isSampled };
    const beginMs = this.#clock.monotonic();
    return { context, end: (how = {}) => this.#finish(stage, context, parentSpanId, beginMs, how) };
  }

  #finish(
    stage: Stage,
    context: TraceContext,
    parentSpanId: string | undefined,
    begin: number,
    { attributes = {}, keep: wanted }: SpanEnd,
  ): void {
    const now = this.#clock.monotonic();
    const keep = wanted ?? (now - begin > STAGES[stage].slowMs ? "slow" : undefined);
    const beginMs = this.#epoch + begin;
    const endMs = this.#epoch + now;
    this.#held.add({ stage, ...context, parentSpanId, beginMs, endMs, attributes, keep }, now);
    if (keep !== undefined) this.keep(context, keep);
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
