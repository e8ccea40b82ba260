import { percentile } from "../statistics.ts";
import { NOBODY, openBenchAccounts } from "./bench-account.ts";
import { closedLoop } from "./closed-loop.ts";
import type { Lane } from "./lane.ts";
import type { LoadPlan, LoadResult, LoadRun } from "./load-plan.ts";
import { makeOrders } from "./make-orders.ts";
import { openLoop } from "./open-loop.ts";
import { restLane } from "./rest-lane.ts";
import { socketLane } from "./socket-lane.ts";

const MAX_WARM_UP_SECONDS = 2;

/** The load, in a process of its own: both servers in turn, run by run, or both together; the results as JSON on standard output. */
async function main(): Promise<void> {
  const plan = JSON.parse(process.argv[2] ?? "") as LoadPlan;
  const targets = [
    { target: "peer", lanes: await lanesTo("peer", plan), cpuUrl: plan.peerCpuUrl },
    { target: "platform", lanes: await lanesTo("platform", plan), cpuUrl: plan.platformCpuUrl },
  ] as const;
  const results = targets.map(({ target }) => ({ target, runs: [] as LoadRun[] }));
  const warmUp = plan.warmUpSeconds ?? Math.min(MAX_WARM_UP_SECONDS, plan.seconds);
  if (plan.mode === "together") {
    await Promise.all(targets.map(({ lanes }) => closedLoop(lanes, plan.inFlight, warmUp)));
    for (let run = 0; run < plan.runs; run++) {
      const both = await Promise.all(targets.map(({ lanes, cpuUrl }) => measure(lanes, plan, cpuUrl)));
      for (const [at, result] of both.entries()) results[at]?.runs.push(result);
    }
    return ended(targets, results);
  }
  for (const { lanes } of targets) await closedLoop(lanes, plan.inFlight, warmUp);
  for (let run = 0; run < plan.runs; run++) {
    // Each is the first as often as the other: whatever comes with the order comes to both.
    for (const at of run % 2 === 0 ? [0, 1] : [1, 0]) {
      const { lanes, cpuUrl } = targets[at as 0 | 1];
      results[at]?.runs.push(await measure(lanes, plan, cpuUrl));
    }
  }
  ended(targets, results);
}

function ended(
  targets: readonly { readonly lanes: readonly Lane[] }[],
  results: readonly LoadResult[],
): void {
  for (const { lanes } of targets) for (const lane of lanes) lane.close();
  process.stdout.write(JSON.stringify(results));
}

async function measure(lanes: readonly Lane[], plan: LoadPlan, cpuUrl: string): Promise<LoadRun> {
  const serverCpu = await cpuOf(cpuUrl);
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const isClosed = plan.perSecond === 0;
  const ordersPerSecond = isClosed ? await closedLoop(lanes, plan.inFlight, plan.seconds) : plan.perSecond;
  const latencies = isClosed ? [] : await openLoop(lanes, plan.perSecond, plan.seconds);
  const { user, system } = process.cpuUsage(cpu);
  const ms = performance.now() - begin;
  const cpuPerOrderUs = ((await cpuOf(cpuUrl)) - serverCpu) / ((ordersPerSecond * ms) / 1000);
  return {
    ordersPerSecond,
    cpuPerOrderUs,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    loadCpu: (user + system) / 1000 / ms,
  };
}

async function cpuOf(url: string): Promise<number> {
  return Number(await (await fetch(url)).text());
}

async function lanesTo(target: LoadResult["target"], plan: LoadPlan): Promise<Lane[]> {
  const isPlatform = target === "platform" || plan.isPeerPlatform;
  const url = target === "platform" ? plan.platformUrl : plan.peerUrl;
  const accounts = isPlatform ? await openBenchAccounts(url, plan.accounts) : [];
  const lanes: Lane[] = [];
  while (lanes.length < plan.lanes) {
    const account = accounts[lanes.length % plan.accounts] ?? NOBODY;
    const orders = makeOrders(lanes.length);
    lanes.push(
      plan.transport === "rest"
        ? restLane(url, account, orders)
        : await socketLane(url, account, orders, isPlatform ? "executionReport" : "acknowledgement"),
    );
  }
  return lanes;
}

await main();
