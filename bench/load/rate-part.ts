import { table, whole } from "#local/cli/table.ts";
import type { PartOptions, PartResult } from "../part.ts";
import { median } from "../statistics.ts";
import type { LoadPlan } from "./load-plan.ts";
import { runLoad } from "./run-load.ts";

const SHAPES = {
  rest: {
    lanes: 64,
    accounts: 16,
    inFlight: 1,
    peer: "bare Express echo",
    platform: "Meridian, POST /api/v3/order",
  },
  sockets: {
    lanes: 32,
    accounts: 32,
    inFlight: 4,
    peer: "bare Socket.IO echo",
    platform: "Meridian, event `order`",
  },
} as const;

/** Orders a second with many clients at once: durable, folded, status received, beside a server that only echoes. */
export async function ratePart(
  transport: LoadPlan["transport"],
  { runs, seconds, say }: PartOptions,
): Promise<PartResult> {
  const { lanes, accounts, inFlight, ...names } = SHAPES[transport];
  say(`${transport}: ${runs} runs of ${seconds} s each against two servers`);
  const plan = {
    transport,
    mode: "in turn",
    lanes,
    accounts,
    inFlight,
    perSecond: 0,
    runs,
    seconds,
  } as const;
  const results = await runLoad(plan);
  const rates = results.map((result) => result.runs.map(({ ordersPerSecond }) => ordersPerSecond));
  const base = median(rates[0] ?? []);
  const rows = results.map(({ target, runs: all }, at) => ({
    server: names[target],
    clients: lanes,
    inFlight: lanes * inFlight,
    ordersPerSecond: Math.round(median(rates[at] ?? [])),
    slowest: Math.round(Math.min(...(rates[at] ?? []))),
    fastest: Math.round(Math.max(...(rates[at] ?? []))),
    ofPeer: Math.round((1000 * median(rates[at] ?? [])) / base) / 1000,
    loadCpu: Math.round(100 * median(all.map(({ loadCpu }) => loadCpu))) / 100,
  }));
  return {
    title: `${transport === "rest" ? "REST" : "Socket.IO"}: orders per second end to end, ${lanes} clients, ${lanes * inFlight} orders in flight, median of ${runs} runs of ${seconds} s`,
    rows,
    table: table(
      ["server", "orders/s", "slowest", "fastest", "of the peer", "core used by the load"],
      rows.map(({ server, ordersPerSecond, slowest, fastest, ofPeer, loadCpu }) => [
        server,
        whole(ordersPerSecond),
        whole(slowest),
        whole(fastest),
        `${(100 * ofPeer).toFixed(1)} %`,
        `${(100 * loadCpu).toFixed(0)} %`,
      ]),
    ),
  };
}
