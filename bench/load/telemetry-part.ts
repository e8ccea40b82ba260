import { table, whole } from "#local/cli/table.ts";
import type { PartOptions, PartResult } from "../part.ts";
import { startPlatform, startServer } from "../servers/server-process.ts";
import { median } from "../statistics.ts";
import type { LoadPlan } from "./load-plan.ts";
import { load } from "./run-load.ts";

const SHAPES = {
  rest: { lanes: 64, accounts: 16, inFlight: 1, door: "REST" },
  sockets: { lanes: 32, accounts: 32, inFlight: 4, door: "Socket.IO" },
} as const satisfies Record<LoadPlan["transport"], object>;

/** Orders a second with all telemetry beside the same platform with none: metrics recorded and pushed, every order traced, one trace of twenty and every refused or slow one exported to a collector. */
export async function telemetryPart({ runs, seconds, say }: PartOptions): Promise<PartResult> {
  const rows = [];
  for (const transport of ["rest", "sockets"] as const) {
    say(`telemetry over ${transport}: ${runs} runs of ${seconds} s each, off and on in turn`);
    rows.push(await compare(transport, { runs, seconds }));
  }
  return {
    title: `What telemetry costs: orders per second end to end, off and on in turn, median of ${runs} runs of ${seconds} s`,
    rows,
    table: table(
      ["door", "off, orders/s", "on, orders/s", "on of off", "least of the pairs", "most"],
      rows.map(({ door, offPerSecond, onPerSecond, ratio, ratioMin, ratioMax }) => [
        door,
        whole(offPerSecond),
        whole(onPerSecond),
        percent(ratio),
        percent(ratioMin),
        percent(ratioMax),
      ]),
    ),
  };
}

async function compare(
  transport: LoadPlan["transport"],
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
    const on = opened(await startPlatform({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }));
    const [without, withAll] = await load({
      ...shape,
      ...{ transport, mode: "rate", perSecond: 0, runs, seconds, isPeerPlatform: true },
      peerUrl: off.url,
      platformUrl: on.url,
    });
    const rates = (result: typeof without) =>
      result?.runs.map(({ ordersPerSecond }) => ordersPerSecond) ?? [];
    // By pairs: what disturbs the machine for longer than a run disturbs both.
    const ratios = rates(withAll).map((rate, at) => rate / (rates(without)[at] ?? Number.NaN));
    return {
      door,
      offPerSecond: Math.round(median(rates(without))),
      onPerSecond: Math.round(median(rates(withAll))),
      ratio: rounded(median(ratios)),
      ratioMin: rounded(Math.min(...ratios)),
      ratioMax: rounded(Math.max(...ratios)),
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
