// How long matching stands still when the task that publishes goes: node bench/takeover.ts [times] [SIGTERM|SIGKILL]. Tasks of `dev`, on servers of this machine that speak AWS's protocols.
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { type Deployment, startDeployment } from "#test/deployed/deployment.ts";
import type { Task } from "#test/deployed/task.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

const [times = "10", only] = process.argv.slice(2);
const TIMES = Number(times);
const SLOTS = ["matching-all-a", "matching-all-b"] as const;
/** Orders one after the other, as fast as they are answered: so long between two. */
const PACE_MS = 20;
/** What is new has stood by for so long before the other one goes. */
const SETTLED_MS = 4000;

const clock = systemClock();
const pause = (delayMs: number) => new Promise<void>((resolve) => void clock.schedule(delayMs, resolve));
let count = 0;

/** Orders until one is answered that was sent after `since`; when that was. */
async function answeredAfter(trader: TestTrader, since: () => number): Promise<number> {
  for (;;) {
    const sentAt = clock.monotonic();
    const order = {
      ...{ symbol: "BTCUSDT", side: "SELL", type: "LIMIT", timeInForce: "GTC" },
      ...{ quantity: "0.0001", price: "90000", newClientOrderId: `takeover-${++count}` },
    };
    // A gateway that has heard nothing from matching for long answers that the outcome is not known yet.
    const answer = await trader.post("/api/v3/order", order).catch(() => undefined);
    if (answer?.status === 200 && answer.body.status === "NEW" && sentAt >= since()) {
      await trader.delete("/api/v3/openOrders", { symbol: "BTCUSDT" }).catch(() => undefined);
      return clock.monotonic();
    }
    await pause(PACE_MS);
  }
}

/** Ends the task that publishes, and starts another in its place: ms from then to the other one's word, and to the answer of an order that was sent after. */
async function takeOver(
  deployment: Deployment,
  tasks: Map<string, Task>,
  trader: TestTrader,
  end: "SIGKILL" | "SIGTERM",
) {
  const slot = SLOTS.find((name) => tasks.get(name)?.said("publishing") === true);
  const other = SLOTS.find((name) => name !== slot);
  const [active, standby] = [tasks.get(slot ?? ""), tasks.get(other ?? "")];
  if (slot === undefined || active === undefined || standby === undefined)
    throw new Error("one publishes, one stands by");
  const endedAt = clock.monotonic();
  const answered = answeredAfter(trader, () => endedAt);
  const ended = end === "SIGKILL" ? active.kill() : active.stop();
  await eventually(() => standby.said("publishing"));
  const publishingMs = Math.round(clock.monotonic() - endedAt);
  const answeredMs = Math.round((await answered) - endedAt);
  await ended;
  for (const [task, event] of [
    [active, "handing-over"],
    [standby, "taking-over"],
  ] as const)
    process.stdout.write(`${event}: ${task.steps(event)}\n`);
  const next = await deployment.start(slot);
  tasks.set(slot, next);
  await next.untilReady();
  await pause(SETTLED_MS);
  return { publishingMs, answeredMs };
}

function summary(values: readonly number[]) {
  const sorted = values.toSorted((one, other) => one - other);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], max: sorted.at(-1) };
}

const deployment = await startDeployment();
try {
  const tasks = new Map<string, Task>();
  for (const name of SLOTS) tasks.set(name, await deployment.start(name));
  const gateway = await deployment.start("gateway");
  for (const task of [...tasks.values(), gateway]) await task.untilReady();
  await eventually(() => deployment.balancer.ready > 0);
  const trader = await signUpTrader(deployment.balancer.url, "takeover");
  await answeredAfter(trader, () => 0);
  await pause(SETTLED_MS);
  for (const end of (["SIGKILL", "SIGTERM"] as const).filter((one) => only === undefined || one === only)) {
    const seen: Awaited<ReturnType<typeof takeOver>>[] = [];
    for (let time = 0; time < TIMES; time++) seen.push(await takeOver(deployment, tasks, trader, end));
    const publishing = seen.map(({ publishingMs }) => publishingMs);
    const answered = seen.map(({ answeredMs }) => answeredMs);
    const line = {
      end,
      times: TIMES,
      publishingMs: summary(publishing),
      answeredMs: summary(answered),
      publishing,
      answered,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
} finally {
  await deployment.stop();
}
