import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { BOARDS } from "#dashboards/boards/boards.ts";
import { type ControlClient, findPlatform } from "#local/supervisor/control-client.ts";
import { connectSocket } from "#test/e2e/feed-recorder.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { type PlatformProcess, startPlatformProcess } from "#test/support/platform-process.ts";
import { type RunningPrometheus, startPrometheus } from "./prometheus.ts";

const RULES = fileURLToPath(new URL("../../dashboards/generated/meridian.rules.json", import.meta.url));

const WATCHDOG = 'count(ALERTS{alertname="Watchdog",alertstate="firing"})';

/** A panel's query with everything chosen, as Grafana asks it. */
const asked = (expr: string) =>
  expr.replaceAll("$__rate_interval", "30s").replaceAll(/\$(region|shard|market)/g, ".*");

describe("a Prometheus that scrapes three Regions under load", function () {
  this.timeout(240_000);
  const folders = temporaryFolders();
  const folder = folders.make();
  let platform: PlatformProcess;
  let prometheus: RunningPrometheus;
  let control: ControlClient;
  let follower: ReturnType<typeof connectSocket>;

  const value = async (expr: string) => (await prometheus.query(expr))[0]?.value ?? 0;

  before(async () => {
    // The bots are the load.
    platform = await startPlatformProcess(["--port", "0", "--regions", "3", "--data", join(folder, "data")]);
    const found = findPlatform(join(folder, "data"));
    expect(found).not.to.equal(undefined);
    control = found as ControlClient;
    follower = connectSocket(platform.url, {});
    follower.emit("subscribe", { symbol: "BTCUSDT", channels: ["depth"] }, () => {});
    prometheus = await startPrometheus({
      folder: join(folder, "prometheus"),
      targetsFile: join(folder, "data", "metrics-targets.json"),
      rulesFile: RULES,
    });
    await becomesTrue(async () => (await value('count(up{job="meridian"} == 1)')) === 9);
    await becomesTrue(async () => (await value("sum(rate(meridian_trades_total[30s]))")) > 0);
    // The rules have seen what the first trades brought, and the first changes of a book.
    for (const slo of ["order-acknowledged", "order-entry", "book-delta"]) {
      const ratio = `count(meridian:slo_errors:ratio_rate1h{slo="${slo}"})`;
      await becomesTrue(async () => (await value(ratio)) > 0);
    }
    await becomesTrue(async () => (await value(WATCHDOG)) === 1);
  });
  after(async () => {
    follower?.disconnect();
    await prometheus?.stop();
    await platform?.kill("SIGTERM");
    folders.removeAll();
  });

  it("finds an answer to every question that is not empty by its nature", async () => {
    for (const { id, rows } of BOARDS) {
      for (const panel of rows.flatMap(({ panels }) => panels)) {
        for (const { expr } of panel.queries) {
          const result = await prometheus.query(asked(expr));
          if (panel.isOftenEmpty !== true) expect(result, `${id}/${panel.id}: ${expr}`).not.to.have.length(0);
        }
      }
    }
  });

  it("can evaluate every alert, and none pages but of a promise about time, which a busy machine may break", async () => {
    for (const { expr } of ALERTS) await prometheus.query(expr);
    const firing = await prometheus.query(
      'ALERTS{alertstate="firing",severity="page",alertname!~".*BurnFast"}',
    );
    expect(firing.map(({ metric }) => metric.alertname)).to.deep.equal([]);
    expect(await value(WATCHDOG)).to.equal(1);
  });

  it("sees one owner of each shard, in every Region the same money", async () => {
    const owners = await prometheus.query("sum by (shard) (meridian_shard_owned)");
    expect(owners.map((one) => one.value)).to.deep.equal([1, 1, 1]);
    expect(await value("max(abs(meridian_conservation_residual))")).to.equal(0);
  });

  it("fires when a zone is lost, and has an answer to every question all the while", async () => {
    const failovers = "sum(meridian_zone_failovers_total) or vector(0)";
    const before = await value(failovers);
    // One of the two publishes; whichever it is, the other goes on.
    for (const zone of ["a", "b"]) {
      await control.signal(`us-east-1/${zone}`, "SIGKILL");
      await becomesTrue(async () => {
        const { processes } = await control.status();
        return processes.every(
          ({ name, isReady, restarts }) => name !== `us-east-1/${zone}` || (isReady && restarts > 0),
        );
      });
      await becomesTrue(async () => (await value('meridian_zones_connected{region="us-east-1"}')) === 2);
    }
    await becomesTrue(async () => (await value(failovers)) > before);
    await becomesTrue(
      async () => (await value('count(ALERTS{alertname="ZoneFailover",alertstate="firing"})')) > 0,
    );
    for (const { rows } of BOARDS) {
      for (const { queries } of rows.flatMap(({ panels }) => panels)) {
        for (const { expr } of queries) await prometheus.query(asked(expr));
      }
    }
  });
});
