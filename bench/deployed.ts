// What a deployment of one Region bears here: node bench/deployed.ts [accounts] [seconds]. Tasks of `dev`, on servers of this machine that speak AWS's protocols.
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { startDeployment } from "#test/deployed/deployment.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

const [ACCOUNTS = 8, SECONDS = 20] = process.argv.slice(2).map(Number);
const TASKS = ["matching-all-a", "matching-all-b", "reconciliation", "gateway", "gateway"];
/** An account may place a hundred orders in ten seconds. */
const PACE_MS = 105;

const clock = systemClock();
const deployment = await startDeployment();
try {
  const tasks = await Promise.all(TASKS.map((name) => deployment.start(name)));
  for (const task of tasks) await task.untilReady();
  await eventually(() => deployment.balancer.ready === 2);
  const { url } = deployment.balancer;
  const traders: TestTrader[] = [];
  for (let at = 0; at < ACCOUNTS; at++) traders.push(await signUpTrader(url, `bench-${at}`));
  const took: number[] = [];
  let refused = 0;
  const end = clock.monotonic() + SECONDS * 1000;
  const place = async (trader: TestTrader, at: number, count: number) => {
    const begin = clock.monotonic();
    const answer = trader.post(
      "/api/v3/order",
      {
        ...{ symbol: "BTCUSDT", side: at % 2 === 0 ? "SELL" : "BUY", type: "LIMIT", timeInForce: "GTC" },
        ...{ quantity: "0.001", price: "40000", newClientOrderId: `${trader.name}-${count}` },
      },
      // Each account from an address of its own, as a load balancer would say: requests of one address are bounded.
      { "X-Forwarded-For": `10.0.${at}.1, 10.1.1.1` },
    );
    // No answer at all: the balancer found no gateway ready.
    const status = await answer.then(
      (given) => given.status,
      () => 0,
    );
    if (status === 200) took.push(clock.monotonic() - begin);
    else refused++;
  };
  // An open loop: orders come in their time, however long the answers take.
  await Promise.all(
    traders.map(async (trader, at) => {
      const open: Promise<void>[] = [];
      for (let count = 0; clock.monotonic() < end; count++) {
        open.push(place(trader, at, count));
        await new Promise<void>((resolve) => void clock.schedule(PACE_MS, resolve));
      }
      await Promise.all(open);
    }),
  );
  const [trader] = traders;
  if (trader === undefined) throw new Error("there are traders");
  const [first, second] = tasks;
  const publishing = first?.said("publishing") === true ? first : second;
  const killedAt = clock.monotonic();
  await publishing?.kill();
  // Sent at once: it is in the log when nobody folds it, and is answered when somebody does.
  for (let count = 0, isAnswered = false; !isAnswered; count++) {
    const order = {
      ...{ symbol: "BTCUSDT", side: "SELL", type: "LIMIT", timeInForce: "GTC" },
      ...{ quantity: "0.001", price: "90000", newClientOrderId: `after-${count}` },
    };
    // A balancer that finds no gateway ready closes the connection.
    const answer = await trader.post("/api/v3/order", order).catch(() => undefined);
    isAnswered = answer?.status === 200 && answer.body.status === "NEW";
  }
  const takeoverMs = Math.round(clock.monotonic() - killedAt);
  took.sort((a, b) => a - b);
  const percentile = (share: number) => Math.round(took[Math.floor(took.length * share)] ?? 0);
  const line = {
    accounts: ACCOUNTS,
    ordersPerSecond: Math.round(took.length / SECONDS),
    refused,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    takeoverMs,
    ended: tasks.filter((task) => task !== publishing && task.exitCode !== null).map(({ name }) => name),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
} finally {
  await deployment.stop();
}
