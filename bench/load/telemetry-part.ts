import { table, whole } from "#local/cli/table.ts";
import type { PartOptions, PartResult } from "../part.ts";
import { startPlatform, startServer } from "../servers/server-process.ts";
import { median, percentile } from "../statistics.ts";
import type { LoadPlan, LoadRun } from "./load-plan.ts";
import { load, urlsOf } from "./run-load.ts";
import { type CallsOfAnOrder, callsOfAnOrder } from "./telemetry-calls.ts";

const SHAPES = {
  rest: { lanes: 64, accounts: 16, inFlight: 1, door: "REST" },
  sockets: { lanes: 32, accounts: 32, inFlight: 4, door: "Socket.IO" },
} as const satisfies Record<LoadPlan["transport"], object>;

/** What is on: metrics recorded and pushed; and every order traced, one trace of twenty and every refused or slow one exported to a collector. */
const TELEMETRY = {
  "metrics alone": { OTEL_TRACES_EXPORTER: "none" },
  all: {},
} as const;
const CALL_RUNS = 5;
type Telemetry = keyof typeof TELEMETRY;

/**
 * The platform with telemetry beside the same platform with none, in pairs of runs. What counts is the main thread's CPU time for an order: on a saturated core it is what throughput is made of, and unlike orders a second it
 * does not tell of what else the machine does.
 */
export async function telemetryPart({ runs, seconds, say }: PartOptions): Promise<PartResult> {
  const rows = [];
  for (const transport of ["rest", "sockets"] as const) {
    for (const telemetry of ["metrics alone", "all"] as const) {
      say(`telemetry over ${transport}, ${telemetry}: ${runs} pairs of runs of ${seconds} s each`);
      rows.push(await compare(transport, telemetry, { runs, seconds }));
    }
  }
  const calls = await ofCalls(say);
  return {
    title: `What telemetry costs: CPU time of the platform's main thread for one order, off and on in turn, medians of ${runs} pairs of runs of ${seconds} s`,
    rows: [...rows, calls],
    table: `${table(
      [
        "door",
        "on",
        "off, µs CPU",
        "on, µs CPU",
        "throughput kept",
        "middle half of the pairs",
        "by orders/s",
      ],
      rows.map(({ door, telemetry, offUs, onUs, kept, keptLow, keptHigh, keptByRate }) => [
        door,
        telemetry,
        whole(offUs),
        whole(onUs),
        percent(kept),
        `${percent(keptLow)} to ${percent(keptHigh)}`,
        percent(keptByRate),
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
      ...{ transport, mode: "rate", perSecond: 0, runs, seconds, isPeerPlatform: true },
    });
    const [without = [], withAll = []] = results.map((result) => result.runs);
    // By pairs: what disturbs the machine for longer than a run disturbs both.
    const kept = ratios(without, withAll, ({ cpuPerOrderUs }) => cpuPerOrderUs);
    return {
      door,
      telemetry,
      offUs: Math.round(median(without.map(({ cpuPerOrderUs }) => cpuPerOrderUs))),
      onUs: Math.round(median(withAll.map(({ cpuPerOrderUs }) => cpuPerOrderUs))),
      kept: rounded(median(kept)),
      keptLow: rounded(percentile(kept, 25)),
      keptHigh: rounded(percentile(kept, 75)),
      keptByRate: rounded(median(ratios(withAll, without, ({ ordersPerSecond }) => ordersPerSecond))),
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function ratios(
  over: readonly LoadRun[],
  under: readonly LoadRun[],
  of: (run: LoadRun) => number,
): readonly number[] {
  return over.flatMap((run, at) => {
    const other = under[at];
    return other === undefined ? [] : [of(run) / of(other)];
  });
}

function rounded(ratio: number): number {
  return Math.round(1000 * ratio) / 1000;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
