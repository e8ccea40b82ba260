import { table, whole } from "#local/cli/table.ts";
import type { PartOptions, PartResult } from "../part.ts";
import { median } from "../statistics.ts";
import { runLoad } from "./run-load.ts";

const ORDERS_PER_SECOND = 200;
const LANES = 32;
const NAMES = {
  rest: { peer: "bare Express echo", platform: "Meridian, POST /api/v3/order → answer" },
  sockets: { peer: "bare Socket.IO echo", platform: "Meridian, event `order` → executionReport" },
} as const;

/** From the moment an order is due until its status is there, at a load that leaves the machine idle most of the time. */
export async function latencyPart({ runs, seconds, say }: PartOptions): Promise<PartResult> {
  const rows: {
    server: string;
    ordersPerSecond: number;
    p50Ms: number;
    p99Ms: number;
    p99WorstMs: number;
  }[] = [];
  for (const transport of ["rest", "sockets"] as const) {
    say(`latency: ${transport}, ${runs} runs of ${seconds} s each against two servers`);
    const results = await runLoad({
      transport,
      mode: "in turn",
      lanes: LANES,
      accounts: LANES / 2,
      inFlight: 1,
      perSecond: ORDERS_PER_SECOND,
      runs,
      seconds,
    });
    for (const { target, runs: all } of results) {
      const p99s = all.map(({ p99 }) => p99);
      rows.push({
        server: NAMES[transport][target],
        ordersPerSecond: ORDERS_PER_SECOND,
        p50Ms: hundredths(median(all.map(({ p50 }) => p50))),
        p99Ms: hundredths(median(p99s)),
        p99WorstMs: hundredths(Math.max(...p99s)),
      });
    }
  }
  return {
    title: `Latency: order → status at ${whole(ORDERS_PER_SECOND)} orders/s, ${LANES} clients, median of ${runs} runs of ${seconds} s`,
    rows,
    table: table(
      ["server", "p50", "p99", "p99 of the worst run"],
      rows.map(({ server, p50Ms, p99Ms, p99WorstMs }) => [
        server,
        `${p50Ms.toFixed(2)} ms`,
        `${p99Ms.toFixed(2)} ms`,
        `${p99WorstMs.toFixed(2)} ms`,
      ]),
    ),
  };
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
