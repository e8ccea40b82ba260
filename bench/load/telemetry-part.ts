import { table, whole } from "#local/cli/table.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { PartOptions, PartResult } from "../part.ts";
import { startPlatform, startServer } from "../servers/server-process.ts";
import { median } from "../statistics.ts";
import type { LoadPlan, LoadRun } from "./load-plan.ts";
import { load, urlsOf } from "./run-load.ts";
import { type CallsOfAnOrder, callsOfAnOrder } from "./telemetry-calls.ts";

const SHAPES = {
  rest: { lanes: 64, accounts: 16, door: "REST" },
  sockets: { lanes: 64, accounts: 32, door: "Socket.IO" },
} as const satisfies Record<LoadPlan["transport"], object>;

/** What is on: nothing, which tells how far two platforms of the same code are apart; metrics recorded and pushed; and traces, of which the default's share and each of a request that was refused or slow are exported to a collector. */
const TELEMETRY = {
  nothing: undefined,
  "metrics alone": { OTEL_TRACES_EXPORTER: "none" },
  all: {},
} as const;
const DOORS = { rest: ["nothing", "metrics alone", "all"], sockets: ["metrics alone", "all"] } as const;
/** Measured on each pair, one after another: their median is the pair's. */
const RUNS_OF_A_PAIR = 3;
/** An order takes twice as much while the code that handles it is compiled: tens of thousands of orders. */
const WARM_UP_SECONDS = 25;
const CALL_RUNS = 5;
type Telemetry = keyof typeof TELEMETRY;

/**
 * The platform with telemetry beside the same platform with none, both saturated at the same time, so that what else the machine does meets both: each client sends its next order as soon as it has the status of the last one, and no main
 * thread ever waits. What counts is that thread's CPU time for an order, which is what throughput is made of; orders a second are told beside it, and stand for the same where the machine shares its cores fairly between the two.
 * Each run is a fresh pair of processes, since two of the same code may differ by a third for as long as they live, by what was compiled when.
 */
export async function telemetryPart({ runs, seconds, say }: PartOptions): Promise<PartResult> {
  const rows = [];
  for (const transport of ["rest", "sockets"] as const) {
    for (const telemetry of DOORS[transport]) {
      say(
        `telemetry over ${transport}, ${telemetry}: ${runs} pairs of saturated platforms, ${seconds} s each`,
      );
      rows.push(await compare(transport, telemetry, { runs, seconds }));
    }
  }
  const calls = await ofCalls(say);
  return {
    title: `What telemetry costs: CPU time of the platform's saturated main thread for one order, off and on at the same time, medians of ${runs} fresh pairs, ${RUNS_OF_A_PAIR} times ${seconds} s each`,
    rows: [...rows, calls],
    table: `${table(
      [
        ...["door", "on", "off, µs CPU", "on, µs CPU", "off, orders/s", "on, orders/s"],
        ...["throughput kept", "all pairs"],
      ],
      rows.map(({ door, telemetry, offUs, onUs, offPerSecond, onPerSecond, kept, pairs }) => [
        door,
        telemetry,
        whole(offUs),
        whole(onUs),
        whole(offPerSecond),
        whole(onPerSecond),
        percent(kept),
        pairs.map(percent).join(", "),
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
  const pairs: { readonly off: LoadRun; readonly on: LoadRun }[] = [];
  // Each is started, and sent to, first as often as the other.
  while (pairs.length < runs)
    pairs.push(await measurePair(transport, telemetry, seconds, pairs.length % 2 === 0));
  const of = (which: "off" | "on", what: (run: LoadRun) => number) =>
    Math.round(median(pairs.map((pair) => what(pair[which]))));
  const kept = pairs.map(({ off, on }) => rounded(off.cpuPerOrderUs / on.cpuPerOrderUs));
  return {
    door: SHAPES[transport].door,
    telemetry,
    offUs: of("off", ({ cpuPerOrderUs }) => cpuPerOrderUs),
    onUs: of("on", ({ cpuPerOrderUs }) => cpuPerOrderUs),
    offPerSecond: of("off", ({ ordersPerSecond }) => ordersPerSecond),
    onPerSecond: of("on", ({ ordersPerSecond }) => ordersPerSecond),
    kept: median(kept),
    pairs: kept.sort((a, b) => a - b),
  };
}

/** Of the runs of each, the one in the middle by its CPU time for an order. */
async function measurePair(
  transport: LoadPlan["transport"],
  telemetry: Telemetry,
  seconds: number,
  isOffFirst: boolean,
): Promise<{ readonly off: LoadRun; readonly on: LoadRun }> {
  const { door: _door, ...shape } = SHAPES[transport];
  const closers: (() => Promise<void>)[] = [];
  const opened = <T extends { stop(): Promise<void> }>(server: T): T => {
    closers.push(() => server.stop());
    return server;
  };
  try {
    const sink = opened(await startServer("bench/servers/otlp-sink.ts"));
    const settings = TELEMETRY[telemetry];
    const on = settings && { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...settings };
    const first = opened(await startPlatform(isOffFirst ? undefined : on));
    const second = opened(await startPlatform(isOffFirst ? on : undefined));
    const [ofFirst, ofSecond] = (
      await load({
        ...shape,
        ...urlsOf(first, second),
        ...{ transport, mode: "together", inFlight: 1, perSecond: 0, runs: RUNS_OF_A_PAIR, seconds },
        ...{ warmUpSeconds: WARM_UP_SECONDS, isPeerPlatform: true },
      })
    ).map(({ runs }) => middle(runs));
    assert(ofFirst !== undefined && ofSecond !== undefined, "the load tells of both");
    return isOffFirst ? { off: ofFirst, on: ofSecond } : { off: ofSecond, on: ofFirst };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function middle(runs: readonly LoadRun[]): LoadRun | undefined {
  return runs.toSorted((a, b) => a.cpuPerOrderUs - b.cpuPerOrderUs)[runs.length >> 1];
}

function rounded(ratio: number): number {
  return Math.round(1000 * ratio) / 1000;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
