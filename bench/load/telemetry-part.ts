import { table, whole } from "#local/cli/table.ts";
import type { PartOptions, PartResult } from "../part.ts";
import { startPlatform, startServer } from "../servers/server-process.ts";
import { median, percentile } from "../statistics.ts";
import type { LoadPlan, LoadRun } from "./load-plan.ts";
import { load, urlsOf } from "./run-load.ts";
import { type CallsOfAnOrder, callsOfAnOrder } from "./telemetry-calls.ts";

const SHAPES = {
  rest: { lanes: 64, accounts: 16, door: "REST" },
  sockets: { lanes: 64, accounts: 32, door: "Socket.IO" },
} as const satisfies Record<LoadPlan["transport"], object>;

/** What is on: metrics recorded and pushed; and every order traced, of which the default's share and every refused or slow one is exported to a collector. */
const TELEMETRY = {
  "metrics alone": { OTEL_TRACES_EXPORTER: "none" },
  all: {},
} as const;
/** An order takes twice as much while the code that handles it is compiled: tens of thousands of orders. */
const WARM_UP_SECONDS = 25;
const CALL_RUNS = 5;
type Telemetry = keyof typeof TELEMETRY;

/**
 * The platform with telemetry beside the same platform with none, both saturated at the same time, so that what else the machine does meets both: each client sends its next order as soon as it has the status of the last one, and no main
 * thread ever waits. What counts is that thread's CPU time for an order, which is what throughput is made of; orders a second are told beside it, and stand for the same where the machine shares its cores fairly between the two.
 */
export async function telemetryPart({ runs, seconds, say }: PartOptions): Promise<PartResult> {
  const rows = [];
  for (const transport of ["rest", "sockets"] as const) {
    for (const telemetry of ["metrics alone", "all"] as const) {
      say(`telemetry over ${transport}, ${telemetry}: two saturated platforms, ${runs} runs of ${seconds} s`);
      rows.push(await compare(transport, telemetry, { runs, seconds }));
    }
  }
  const calls = await ofCalls(say);
  return {
    title: `What telemetry costs: CPU time of the platform's saturated main thread for one order, off and on at the same time, medians of ${runs} runs of ${seconds} s`,
    rows: [...rows, calls],
    table: `${table(
      [
        ...["door", "on", "off, µs CPU", "on, µs CPU", "off, orders/s", "on, orders/s"],
        ...["throughput kept", "middle half of the runs"],
      ],
      rows.map(({ door, telemetry, offUs, onUs, offPerSecond, onPerSecond, kept, keptLow, keptHigh }) => [
        door,
        telemetry,
        whole(offUs),
        whole(onUs),
        whole(offPerSecond),
        whole(onPerSecond),
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
      ...{ transport, mode: "together", inFlight: 1, perSecond: 0, runs, seconds },
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
      offUs: middle(without, ({ cpuPerOrderUs }) => cpuPerOrderUs),
      onUs: middle(withAll, ({ cpuPerOrderUs }) => cpuPerOrderUs),
      offPerSecond: middle(without, ({ ordersPerSecond }) => ordersPerSecond),
      onPerSecond: middle(withAll, ({ ordersPerSecond }) => ordersPerSecond),
      kept: rounded(median(kept)),
      keptLow: rounded(percentile(kept, 25)),
      keptHigh: rounded(percentile(kept, 75)),
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function middle(runs: readonly LoadRun[], of: (run: LoadRun) => number): number {
  return Math.round(median(runs.map(of)));
}

function rounded(ratio: number): number {
  return Math.round(1000 * ratio) / 1000;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
