import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { traceOfRecord, writeTrace } from "#shared/domain/encoding/traced-record.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { formatTraceparent } from "#shared/domain/trace-context.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { DEFAULT_TRACES_RATIO, openTracing } from "#shared/telemetry/open-tracing.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";

/** CPU time, microseconds. */
export interface CallsOfAnOrder {
  readonly metricsUs: number;
  readonly tracesUs: number;
}

const WARM_UP = 20_000;
const ORDERS = 100_000;
const BATCH = 1000;
const SHARD = "crypto-1";

/**
 * What recording one order takes by itself: the calls that a Region in one process makes for an order over REST that trades, and nothing of the platform around them. One trace of a hundred is exported to a collector, and what is held
 * is held for as long as in production. In a loop, so that it tells little of other work on the machine.
 */
export async function callsOfAnOrder(otlpUrl: string): Promise<CallsOfAnOrder> {
  const clock = systemClock();
  const open = openMetrics({ service: "bench", otlpUrl });
  const traces = openTracing({
    service: "bench",
    otlpUrl,
    ratio: DEFAULT_TRACES_RATIO,
    clock,
    metrics: open.metrics,
  });
  try {
    const metricsUs = await perOrder(() => recordMetrics(open.metrics));
    const tracesUs = await perOrder((at) => recordTrace(traces.tracing, at));
    return { metricsUs, tracesUs };
  } finally {
    await traces.close();
    await open.close();
  }
}

async function perOrder(one: (at: number) => void): Promise<number> {
  const run = async (from: number, count: number) => {
    for (let at = 0; at < count; at++) {
      one(from + at);
      // What is exported meanwhile is part of it.
      if (at % BATCH === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await run(0, WARM_UP);
  const cpu = process.cpuUsage();
  await run(WARM_UP, ORDERS);
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / ORDERS;
}

function recordMetrics(metrics: Metrics): void {
  metrics.record("meridian_http_request_seconds", 0.004, {
    ...{ method: "POST", route: "/api/v3/order", status: "200" },
  });
  for (const stage of ["append", "outcome", "total"])
    metrics.record("meridian_order_seconds", 0.003, { shard: SHARD, stage, owner: "here" });
  metrics.add("meridian_submissions_total", { shard: SHARD, result: "done" });
  metrics.add("meridian_commands_total", { shard: SHARD });
  metrics.add("meridian_trades_total", { market: "BTCUSDT" });
}

const COMMAND = new Uint8Array(96).fill(1);
const writer = new ByteWriter();
/** Each stage that hangs on the record; an order that trades has two messages on the bus. */
const BEHIND = ["matching.fold", "projector.write", "bus.publish", "ledger.post", "notifier.note"] as const;

function recordTrace(tracing: Tracing, at: number): void {
  const commandId = at.toString(16).padStart(32, "0") as CommandId;
  const request = tracing.root("gateway.request", undefined);
  if (request.context !== undefined) formatTraceparent(request.context);
  tracing.within(request, () => {
    tracing.remember(commandId, tracing.current());
    const append = tracing.begin("log.append", tracing.contextOf(commandId));
    writer.clear();
    if (append.context !== undefined) writeTrace(writer, append.context);
    writer.raw(COMMAND);
    const parent = traceOfRecord(writer.finish());
    tracing.remember(commandId, parent);
    append.end({ attributes: { "meridian.shard": SHARD, "meridian.route": "own" } });
    const fanout = tracing.begin("gateway.fanout", tracing.contextOf(commandId));
    fanout.end({ attributes: { "meridian.shard": SHARD, "meridian.seq": at } });
    const begin = performance.now();
    for (const stage of BEHIND)
      tracing.record(stage, tracing.contextOf(commandId), begin, {
        attributes: { "meridian.shard": SHARD, "meridian.seq": at, "meridian.batch": 1 },
      });
  });
  request.end({
    attributes: {
      "http.request.method": "POST",
      "http.route": "/api/v3/order",
      "http.response.status_code": 200,
    },
  });
}
