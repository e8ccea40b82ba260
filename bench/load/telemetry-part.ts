import { table, whole } from "#local/cli/table.ts";
import type { PartOptions, PartResult } from "../part.ts";
import { startPlatform, startServer } from "../servers/server-process.ts";
import { median, percentile } from "../statistics.ts";
import type { LoadPlan } from "./load-plan.ts";
import { load, urlsOf } from "./run-load.ts";
import { type CallsOfAnOrder, callsOfAnOrder } from "./telemetry-calls.ts";

const SHAPES = {
  rest: { lanes: 64, accounts: 16, door: "REST" },
  sockets: { lanes: 64, accounts: 32, door: "Socket.IO" },
} as const satisfies Record<LoadPlan["transport"], object>;

/** What is on: metrics recorded and pushed; and every order traced, one trace of twenty and every refused or slow one exported to a collector. */
const TELEMETRY = {
  "metrics alone": { OTEL_TRACES_EXPORTER: "none" },
  all: {},
} as const;
/** To each of the two platforms: together they leave some of two cores to the load. */
const ORDERS_PER_SECOND = 600;
/** An order takes twice as much while the code that handles it is compiled: tens of thousands of orders. */
const WARM_UP_SECONDS = 40;
const CALL_RUNS = 5;
type Telemetry = keyof typeof TELEMETRY;

/**
 * The platform with telemetry beside the same platform with none, both under the same load at the same time, so that what else the machine does meets both. What counts is the main thread's CPU time for an order: on a
 * saturated core it is what throughput is made of.
 */
export async function telemetryPart({ runs, seconds, say }: PartOptions): Promise<PartResult> {
  const rows = [];
  for (const transport of ["rest", "sockets"] as const) {
    for (const telemetry of ["metrics alone", "all"] as const) {
      say(
        `telemetry over ${transport}, ${telemetry}: ${ORDERS_PER_SECOND} orders/s to each of two platforms, ${runs} runs of ${seconds} s`,
      );
      rows.push(await compare(transport, telemetry, { runs, seconds }));
    }
  }
  const calls = await ofCalls(say);
  return {
    title: `What telemetry costs: CPU time of the platform's main thread for one order, off and on at the same time, ${ORDERS_PER_SECOND} orders/s each, medians of ${runs} runs of ${seconds} s`,
    rows: [...rows, calls],
    table: `${table(
      ["door", "on", "off, µs CPU", "on, µs CPU", "throughput kept", "middle half of the runs"],
      rows.map(({ door, telemetry, offUs, onUs, kept, keptLow, keptHigh }) => [
        door,
        telemetry,
        whole(offUs),
        whole(onUs),
        percent(kept),
        `${percent(keptLow)} to ${percent(keptHigh)}`,
      ]),
    )}\n\nIts calls for one order alone, in a loop: ${calls.metricsUs} µs CPU for metrics, ${calls.tracesUs} µs for traces.`,
  };
}

/** The least of some runs: what else the machine does only adds to it. */
async function ofCalls(say: PartOptions["say"]) {
  say(`the calls of one order alone: ${CALL_RUNS} runs`);
  const sink = await startServer("bench/servers/otlp-sink.ts");
  try {
    const runs: CallsOfAnOrder[] = [];
    while (runs.length < CALL_RUNS) runs.push(await callsOfAnOrder(sink.url));
    const least = (of: (run: CallsOfAnOrder) => number) => Math.round(100 * Math.min(...runs.map(of))) / 100;
    return { metricsUs: least((run) => run.metricsUs), tracesUs: least((run) => run.tracesUs) };
  } finally {
    await sink.stop();
  }
}

async function compare(
  transport: LoadPlan["transport"],
  telemetry: Telemetry,
  { runs, seconds }: Pick<PartOptions, "runs" | "seconds">,
) {
  const { door, ...shape } = SHAPES[transport];
  const closers: (() => Promise<void>)[] = [];
  const opened = <T extends { stop(): Promise<void> }>(server: T): T => {
    closers.push(() => server.stop());
    return server;
  };
  try {
    const sink = opened(await startServer("bench/servers/otlp-sink.ts"));
    const off = opened(await startPlatform());
    const on = opened(
      await startPlatform({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...TELEMETRY[telemetry] }),
    );
    const results = await load({
      ...shape,
      ...urlsOf(off, on),
      ...{ transport, mode: "together", inFlight: 1, perSecond: ORDERS_PER_SECOND, runs, seconds },
      ...{ warmUpSeconds: WARM_UP_SECONDS, isPeerPlatform: true },
    });
    const [without = [], withAll = []] = results.map((result) => result.runs);
    const kept = without.flatMap((run, at) => {
      const other = withAll[at];
      return other === undefined ? [] : [run.cpuPerOrderUs / other.cpuPerOrderUs];
    });
    return {
      door,
      telemetry,
      offUs: Math.round(median(without.map(({ cpuPerOrderUs }) => cpuPerOrderUs))),
      onUs: Math.round(median(withAll.map(({ cpuPerOrderUs }) => cpuPerOrderUs))),
      kept: rounded(median(kept)),
      keptLow: rounded(percentile(kept, 25)),
      keptHigh: rounded(percentile(kept, 75)),
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function rounded(ratio: number): number {
  return Math.round(1000 * ratio) / 1000;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
