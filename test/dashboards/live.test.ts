import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { BURNS, burnAlerts } from "#dashboards/alerts/slo.ts";
import { SLOS } from "#dashboards/alerts/slos.ts";
import { asked } from "#dashboards/asked.ts";
import type { Row } from "#dashboards/board.ts";
import { BOARDS } from "#dashboards/boards/boards.ts";
import { TRACKS } from "#dashboards/timeline.ts";
import { PrometheusClient } from "#local/observe/prometheus-client.ts";
import { type ControlClient, findPlatform } from "#local/supervisor/control-client.ts";
import type { BoardAnswer } from "#shared/protocol/ops-messages.ts";
import { faintTexts } from "#test/browser/contrast.ts";
import { requireBuiltPage } from "#test/browser/page-platform.ts";
import { connectSocket } from "#test/e2e/feed-recorder.ts";
import { becomes, becomesTrue } from "#test/support/becomes-true.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { freshAfterFailure } from "#test/support/fresh-after-failure.ts";
import { type PlatformProcess, startPlatformProcess, throwAway } from "#test/support/platform-process.ts";
import { type OpsWindow, openOpsWindow } from "./ops-window.ts";

const WATCHDOG = 'count(ALERTS{alertname="Watchdog",alertstate="firing"})';

/** A panel's query with everything chosen, as Grafana asks it. */
const withAll = (expr: string) => asked(expr, { rateSeconds: 30 });

/** Of the burn rates that page. */
const SLOWEST_PAGE = Math.min(
  ...BURNS.filter(({ severity }) => severity === "page").map(({ factor }) => factor),
);

const TOKEN = "operator-token-of-this-test";
const CHAOS = fileURLToPath(new URL("../../local/chaos/main.ts", import.meta.url));
const GAMEDAY = fileURLToPath(new URL("../../local/gameday/main.ts", import.meta.url));

describe("three Regions under load that are watched", function () {
  this.timeout(240_000);
  const folders = temporaryFolders();
  let data: string;
  let platform: PlatformProcess;
  let prometheus: PrometheusClient;
  let browser: Browser;
  let ops: OpsWindow;
  let control: ControlClient;
  let follower: ReturnType<typeof connectSocket>;

  const value = async (expr: string) => (await prometheus.query(expr))[0]?.value ?? 0;
  const comesTo = (expr: string, isSo: (value: number) => boolean) => becomes(expr, () => value(expr), isSo);

  const start = async () => {
    requireBuiltPage();
    data = folders.make();
    // The bots are the load.
    const args = ["--port", "0", "--regions", "3", "--data", data, "--observe"];
    platform = await startPlatformProcess(args, { env: { MERIDIAN_OPERATOR_TOKEN: TOKEN } });
    const found = findPlatform(data);
    expect(found).not.to.equal(undefined);
    control = found as ControlClient;
    follower = connectSocket(platform.url, {});
    // With each connection anew: on a busy machine a Region may fall silent for a moment, and its clients are taken elsewhere.
    follower.on("connect", () =>
      follower.emit("subscribe", { symbol: "BTCUSDT", channels: ["depth"] }, () => {}),
    );
    await becomesTrue("Prometheus runs", async () => (await control.status()).prometheusUrl !== null);
    prometheus = new PrometheusClient((await control.status()).prometheusUrl ?? "");
    // Each process of a Region and of a zone, the supervisor, and whoever else says where it answers.
    const targets = () => JSON.parse(readFileSync(join(data, "metrics-targets.json"), "utf8")).length;
    await comesTo('count(up{job="meridian"} == 1)', (up) => up === targets());
    expect(targets()).to.be.greaterThanOrEqual(10);
    await comesTo("sum(rate(meridian_trades_total[30s]))", (rate) => rate > 0);
    // The rules have seen what the first trades brought, and the first changes of a book.
    for (const slo of ["order-acknowledged", "order-entry", "book-delta"]) {
      const ratio = `count(meridian:slo_errors:ratio_rate1h{slo="${slo}"})`;
      await comesTo(ratio, (count) => count > 0);
    }
    await comesTo(WATCHDOG, (firing) => firing === 1);
    browser = await launchBrowser();
    ops = await openOpsWindow(browser, platform.url, TOKEN);
  };
  freshAfterFailure({
    start,
    stop: async (how) => {
      await browser?.close();
      follower?.disconnect();
      if (how === "ill") await throwAway(platform, data);
      else await platform.kill("SIGTERM");
    },
    lastWords: () => platform.lastWords(),
  });
  after(() => folders.removeAll());

  it("find an answer to every question that is not empty by its nature", async () => {
    for (const { id, rows } of BOARDS) {
      for (const panel of rows.flatMap(({ panels }) => panels)) {
        for (const { expr } of panel.queries) {
          const result = await prometheus.query(withAll(expr));
          if (panel.isOftenEmpty !== true) expect(result, `${id}/${panel.id}: ${expr}`).not.to.have.length(0);
        }
      }
    }
  });

  it("have a timeline that Prometheus can answer", async () => {
    for (const { expr } of TRACKS) await prometheus.query(expr);
  });

  it("can evaluate every alert, and none pages but of a promise that the counters themselves show broken", async () => {
    for (const { expr } of ALERTS) await prometheus.query(expr);
    const firing = await prometheus.query('ALERTS{alertstate="firing",severity="page"}');
    const names = new Set(firing.map(({ metric }) => metric.alertname ?? ""));
    // A busy machine may break a promise about time. Then it is so in every single count since the start, not only in what rates make of them.
    for (const slo of SLOS) {
      const { objective, bad, total } = slo;
      const counted = (expr: string) => expr.replaceAll(/rate\(([^()]*)\[\$window\]\)/g, "$1");
      const shares = await prometheus.query(`(${counted(bad)}) / (${counted(total)})`);
      const isBroken = shares.some((share) => share.value > SLOWEST_PAGE * (1 - objective));
      const [fast] = burnAlerts(slo);
      if (isBroken) names.delete(fast?.name ?? "");
    }
    expect([...names]).to.deep.equal([]);
    expect(await value(WATCHDOG)).to.equal(1);
  });

  it("have one owner of each shard, and in every Region the same money", async () => {
    const owners = await prometheus.query("sum by (shard) (meridian_shard_owned)");
    expect(owners.map((one) => one.value)).to.deep.equal([1, 1, 1]);
    expect(await value("max(abs(meridian_conservation_residual))")).to.equal(0);
  });

  it("are shown to whoever is on call: every board has its lines, at desk and phone width", async () => {
    for (const [width, theme] of [
      [1440, "light"],
      [390, "dark"],
    ] as const) {
      const window = await openOpsWindow(browser, platform.url, TOKEN, { width, theme });
      for (const board of BOARDS) {
        const { id } = board;
        await window.openBoard(board);
        const states = Object.entries(await window.panelStates());
        const bad = states.filter(([, state]) => state !== "lines" && state !== "none");
        expect(bad, `${id} at ${width} px`).to.deep.equal([]);
        expect(await window.overhang(), `${id} at ${width} px`).to.equal(0);
        expect(await faintTexts(window.page), `${id}, ${theme}`).to.deep.equal([]);
      }
      expect(window.problems).to.deep.equal([]);
      await window.close();
    }
  });

  it("are narrowed to a Region or a market, and the address says so", async () => {
    const window = await openOpsWindow(browser, platform.url, TOKEN);
    const matching = BOARDS.find(({ id }) => id === "matching");
    if (matching === undefined) throw new Error("there is a board of matching");
    await window.openBoard(matching);
    await window.page.getByLabel("Market").selectOption("BTCUSDT");
    await window.page.getByLabel("Region").selectOption("eu-west-1");
    expect(new URL(window.page.url()).hash).to.match(
      /^#\/board\/matching\?(?=.*market=BTCUSDT).*region=eu-west-1/,
    );
    const states = Object.values(await window.panelStates());
    expect(states).to.include("lines");
    expect(states).not.to.include("error");
    await window.page.getByRole("link", { name: "Front page" }).click();
    await window.page.getByRole("region", { name: "Regions" }).getByText("eu-west-1").waitFor();
    const rows = await window.page
      .locator("[data-region]")
      .evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset.region));
    expect(rows).to.deep.equal(["eu-west-1"]);
    expect(await faintTexts(window.page)).to.deep.equal([]);
    expect(window.problems).to.deep.equal([]);
    await window.close();

    const headers = { Authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`${platform.url}/ops/v1/boards/matching?market=BTCUSDT`, { headers });
    const { panels } = (await answer.json()) as BoardAnswer;
    const markets = Object.values(panels)
      .flatMap((panel) => ("lines" in panel ? panel.lines : []))
      .flatMap(({ labels }) => labels.market ?? []);
    expect(new Set(markets)).to.deep.equal(new Set(["BTCUSDT"]));
  });

  it("are shown to nobody else, and nothing can be asked or done but what the boards ask", async () => {
    const ask = async (path: string, init: RequestInit = {}) =>
      (await fetch(`${platform.url}/ops/v1/${path}`, init)).status;
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect(await ask("status")).to.equal(401);
    expect(await ask("status", { headers: { Authorization: "Bearer wrong" } })).to.equal(401);
    expect(await ask("status", { headers })).to.equal(200);
    expect(await ask("boards/front-page", { headers })).to.equal(200);
    expect(await ask("boards/front-page?minutes=7", { headers })).to.equal(400);
    expect(await ask("boards/front-page?region=eu-west-1", { headers })).to.equal(200);
    const injected = encodeURIComponent('x"} or vector(1)');
    expect(await ask(`boards/front-page?region=${injected}`, { headers })).to.equal(400);
    expect(await ask("choices")).to.equal(401);
    expect(await ask("boards/up", { headers })).to.equal(404);
    expect(await ask("api/v1/query?query=up", { headers })).to.equal(404);
    expect(await ask("status", { headers, method: "POST" })).to.equal(405);
    const stranger = await browser.newPage();
    await stranger.goto(`${platform.url}/ops`);
    await stranger.getByLabel("Operator's token").fill("wrong");
    await stranger.getByRole("button", { name: "Look" }).click();
    await stranger.getByText("That is not the operator's token.").waitFor();
    await stranger.getByLabel("Operator's token").fill(TOKEN);
    await stranger.getByRole("button", { name: "Look" }).click();
    await stranger.getByRole("region", { name: "Regions" }).getByText("us-east-1").waitFor();
    await stranger.close();
  });

  it("tell of an experiment while it runs, on the front page of all", async () => {
    await control.beginExperiment("zone-loss", 60_000);
    await ops.page.getByText("An experiment is running: zone-loss.").waitFor();
    expect((await control.status()).experiments).to.deep.equal(["zone-loss"]);
    await comesTo("sum(meridian_experiment_running)", (running) => running === 1);
    await control.endExperiment("zone-loss");
    await comesTo("sum(meridian_experiment_running)", (running) => running === 0);
    await ops.page.getByText("An experiment is running").waitFor({ state: "detached" });
  });

  it("set an alert off when a zone is lost, have an answer to every question all the while, and show what came of what", async () => {
    const failovers = "sum(meridian_zone_failovers_total) or vector(0)";
    const before = await value(failovers);
    // One of the two publishes; whichever it is, the other goes on.
    for (const zone of ["a", "b"]) {
      await control.signal(`us-east-1/${zone}`, "SIGKILL");
      for (const { expr } of BOARDS.flatMap(({ rows }) => rows).flatMap(queriesOf)) {
        await prometheus.query(withAll(expr));
      }
      const bad = Object.entries(await ops.panelStates()).filter(([, state]) => /empty|error/.test(state));
      expect(bad).to.deep.equal([]);
      await becomes(
        `us-east-1/${zone} is back`,
        async () => (await control.status()).processes,
        (processes) =>
          processes.every(
            ({ name, isReady, restarts }) => name !== `us-east-1/${zone}` || (isReady && restarts > 0),
          ),
      );
      await comesTo('meridian_zones_connected{region="us-east-1"}', (zones) => zones === 2);
    }
    await comesTo(failovers, (now) => now > before);
    await comesTo('count(ALERTS{alertname="ZoneFailover",alertstate="firing"})', (firing) => firing > 0);
    const now = ops.page.getByRole("region", { name: "How things stand" });
    const alert = now.getByRole("listitem").filter({ hasText: "ZoneFailover" }).first();
    await alert.waitFor();
    const timeline = ops.page.getByRole("region", { name: "Timeline" });
    await timeline.getByText(/^In words/).click();
    for (const [track, text] of [
      ["Experiments", "zone-loss"],
      ["Zones took over", "us-east-1 (closed)"],
      ["Alerts", "ZoneFailover"],
    ] as const) {
      await timeline
        .getByRole("listitem")
        .filter({ hasText: track })
        .filter({ hasText: text })
        .first()
        .waitFor();
    }
    expect(await faintTexts(ops.page)).to.deep.equal([]);
    await alert.getByRole("link", { name: /^Runbook/ }).click();
    await ops.page.getByRole("heading", { name: "ZoneFailover" }).waitFor();
    await ops.page.getByText("npm run ops -- status").first().waitFor();
    expect(ops.problems).to.deep.equal([]);
  });

  /** Runs a program that cuts the links between Regions, interrupts it meanwhile, and looks whether they are back. */
  const interruptWhileItCuts = async (program: string, args: readonly string[], reports: string) => {
    const wanted = [...args, "--for", "60s", "--load", "5", "--accounts", "2"];
    const running = spawn(process.execPath, [program, ...wanted, "--data", data, "--reports", reports]);
    let said = "";
    for (const stream of [running.stdout, running.stderr]) stream.on("data", (chunk) => (said += chunk));
    const ended = once(running, "exit");
    const isCut = async () => (await control.status()).links.some((link) => link.isCut);
    try {
      await becomesTrue("links are cut", isCut, 120_000);
      // Some of them: it is in the middle of it.
      running.kill("SIGINT");
      const [code] = await ended;
      expect(code, said).to.equal(1);
      expect(await isCut(), said).to.equal(false);
      expect((await control.status()).experiments).to.deep.equal([]);
    } finally {
      running.kill("SIGKILL");
      await control.resetLinks();
    }
  };

  it("have all links back when an experiment is interrupted while it cuts them", () =>
    interruptWhileItCuts(CHAOS, ["run", "partition"], folders.make()));

  it("have them back when a game day is, and its report tells of it", async () => {
    const reports = folders.make();
    await interruptWhileItCuts(GAMEDAY, ["--only", "partition"], reports);
    const report = JSON.parse(readFileSync(join(reports, "gameday.json"), "utf8"));
    expect(report.isInterrupted).to.equal(true);
    expect(report.experiments[0].report).to.include({ experiment: "partition", failed: "interrupted" });
    expect(existsSync(join(reports, "index.html"))).to.equal(true);
  });
});

function queriesOf({ panels }: Row) {
  return panels.flatMap(({ queries }) => queries);
}
