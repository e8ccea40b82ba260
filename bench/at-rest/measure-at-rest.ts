// What a deployment asks of AWS while nobody trades: node bench/at-rest/measure-at-rest.ts [seconds]. Tasks and functions of `dev`, on servers of this machine that speak AWS's protocols.
import { startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import { table } from "#local/cli/table.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { startDeployment } from "#test/deployed/deployment.ts";
import { eventually } from "#test/support/eventually.ts";
import { writeResult } from "../write-result.ts";
import { RequestTally } from "./request-tally.ts";

const [SECONDS = 120] = process.argv.slice(2).map(Number);
const TASKS = ["matching-all-a", "matching-all-b", "reconciliation", "gateway"];
/** What a start asks is over then. */
const SETTLED_MS = 15_000;
/** As the infrastructure has it. */
const SCHEDULE_MS = 60_000;

const clock = systemClock();
const pause = (delayMs: number) => new Promise<void>((resolve) => void clock.schedule(delayMs, resolve));
const tally = new RequestTally("meridian-dev");
const proxies: { close(): Promise<void> }[] = [];
const deployment = await startDeployment({
  scheduleMs: SCHEDULE_MS,
  endpointOf: async (service, url) => {
    const proxy = await startFaultProxy({ target: url, clock });
    proxies.push(proxy);
    proxy.add(tally.ruleOf(service));
    return proxy.url;
  },
});
try {
  const tasks = await Promise.all(TASKS.map((name) => deployment.start(name)));
  for (const task of tasks) await task.untilReady();
  await eventually(() => deployment.balancer.ready === 1);
  await pause(SETTLED_MS);
  tally.begin();
  await pause(SECONDS * 1000);
  const aSecond = (count: number) => Number((count / SECONDS).toFixed(2));
  const rows = tally
    .end()
    .map(({ service, operation, table, requests, units }) => ({
      service,
      operation,
      table,
      requestsASecond: aSecond(requests),
      unitsASecond: aSecond(units),
    }))
    .toSorted((one, other) => other.requestsASecond - one.requestsASecond);
  const lines = rows.map((row) => [
    ...[row.service, row.operation, row.table],
    ...[row.requestsASecond.toFixed(2), row.unitsASecond.toFixed(2)],
  ]);
  process.stdout.write(
    `${table(["service", "operation", "table", "requests/s", "units/s"], lines)}\n\n${writeResult("at-rest", {
      command: `node bench/at-rest/measure-at-rest.ts ${SECONDS}`,
      seconds: SECONDS,
      shards: 3,
      rows,
    })}\n`,
  );
} finally {
  await deployment.stop();
  for (const proxy of proxies) await proxy.close();
}
