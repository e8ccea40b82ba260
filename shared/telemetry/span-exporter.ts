import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { TraceContext } from "#shared/domain/trace-context.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import { type FinishedSpan, traceOf } from "./finished-span.ts";
import { hrTime } from "./hr-time.ts";
import { STAGES, type StageDefinition } from "./trace-stages.ts";

export interface SpanExporterOptions {
  /** Where a collector takes OTLP over HTTP, without the path. */
  readonly otlpUrl: string;
  /** Of the process: `service.name` and the like. */
  readonly resource: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** For a span that nothing hangs on. */
  readonly newSpan: (trace: TraceContext) => TraceContext;
  /** So many spans are with the collector. */
  readonly onExported: (spans: number) => void;
  /** `full`: the queue was. `failed`: the collector did not take them. */
  readonly onDropped: (reason: "full" | "failed", spans: number) => void;
}

const BATCH = 512;
/** Some seconds of spans at full speed; what comes beyond while the collector is slow is dropped. */
const QUEUE_MAX = 8192;
const FLUSH_MS = 500;
const TIMEOUT_MS = 5000;

const KINDS: Readonly<Record<StageDefinition["kind"], SpanKind>> = {
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** Brings spans to a collector, in batches, one request at a time. Nobody waits for it. */
export class SpanExporter {
  readonly #options: SpanExporterOptions;
  readonly #exporter: OTLPTraceExporter;
  readonly #resource;
  #queue: FinishedSpan[] = [];
  #timer: Timer | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: SpanExporterOptions) {
    this.#options = options;
    this.#exporter = new OTLPTraceExporter({
      url: `${options.otlpUrl}/v1/traces`,
      timeoutMillis: TIMEOUT_MS,
    });
    this.#resource = resourceFromAttributes({ ...options.resource });
  }

  add(span: FinishedSpan): void {
    if (this.#queue.length >= QUEUE_MAX) {
      this.#options.onDropped("full", 1);
      return;
    }
    this.#queue.push(span);
    if (this.#queue.length >= BATCH) void this.#flush();
    else this.#timer ??= this.#options.clock.schedule(FLUSH_MS, () => void this.#flush());
  }

  /** Sends what waits, and ends. */
  async close(): Promise<void> {
    await this.#flush();
    await this.#exporter.shutdown();
  }

  #flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      this.#queue = this.#queue.slice(BATCH);
      const isTaken = await new Promise<boolean>((resolve) => {
        this.#exporter.export(
          batch.map((span) => this.#readable(span)),
          ({ code }) => resolve(code === 0),
        );
      });
      if (isTaken) this.#options.onExported(batch.length);
      else this.#options.onDropped("failed", batch.length);
    }
  }

  #readable(span: FinishedSpan): ReadableSpan {
    const { stage, parent, beginMs, endMs, attributes, keep } = span;
    const { traceId, spanId } = span.own ?? this.#options.newSpan(traceOf(span));
    const traceFlags = TraceFlags.SAMPLED;
    return {
      name: stage,
      kind: KINDS[STAGES[stage].kind],
      spanContext: () => ({ traceId, spanId, traceFlags }),
      ...(parent === undefined
        ? {}
        : { parentSpanContext: { traceId, spanId: parent.spanId, traceFlags, isRemote: true } }),
      startTime: hrTime(beginMs),
      endTime: hrTime(endMs),
      duration: hrTime(endMs - beginMs),
      ended: true,
      status: { code: keep === "error" ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
      attributes: keep === undefined ? attributes : { ...attributes, "meridian.kept": keep },
      links: [],
      events: [],
      resource: this.#resource,
      instrumentationScope: { name: "meridian" },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }
}
