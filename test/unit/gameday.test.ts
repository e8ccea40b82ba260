import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { describe, it } from "mocha";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { allExperiments } from "#local/chaos/experiments/all.ts";
import type { ExperimentReport } from "#local/chaos/report/summary.ts";
import { judgeAlerts } from "#local/gameday/alert-verdicts.ts";
import { type AlertTimes, AlertWatch } from "#local/gameday/alert-watch.ts";
import { EXPECTED_ALERTS, expectationOf } from "#local/gameday/expected-alerts.ts";
import { alertProblems, hasHeld, type RehearsedExperiment } from "#local/gameday/gameday-report.ts";
import { parseGameDayOptions } from "#local/gameday/options.ts";
import { gameDayPage } from "#local/gameday/report/gameday-page.ts";
import { gameDayMarkdown, gameDayTable } from "#local/gameday/report/write-gameday.ts";
import type { ActiveAlert } from "#local/observe/prometheus-client.ts";
import { manualClock } from "#test/support/manual-clock.ts";

const HURT = { hurt: 10_000, heal: 40_000 };
const EXPECTATION = { fires: ["ProcessDown", "NoOwner"], mayFire: ["ZoneFailover"], hurtSeconds: 30 };

describe("a game day", () => {
  it("expects alerts that there are, of every experiment that can be run here", () => {
    const names = ALERTS.map(({ name }) => name);
    for (const [experiment, { fires, mayFire }] of Object.entries(EXPECTED_ALERTS))
      expect(names, experiment).to.include.members([...fires, ...mayFire]);
    const stage = { regions: ["a", "b", "c"] } as unknown as Parameters<
      ReturnType<typeof allExperiments>[number]["notHere"]
    >[0];
    const here = allExperiments().filter((experiment) => experiment.notHere(stage) === undefined);
    expect(Object.keys(EXPECTED_ALERTS)).to.have.members(here.map(({ name }) => name));
  });

  it("has its expectations in docs/resilience.md", () => {
    const page = readFileSync(new URL("../../docs/resilience.md", import.meta.url), "utf8");
    for (const [experiment, { fires, mayFire, hurtSeconds }] of Object.entries(EXPECTED_ALERTS)) {
      const must = fires.join(", ") || "none";
      expect(page).to.include(`| \`${experiment}\`, ${hurtSeconds} s | ${must} | ${mayFire.join(", ")} |`);
    }
  });

  it("tells alerts that fired as they must from those that did not, that nobody expected, that may, and that fired before", () => {
    const judged = judgeAlerts(
      [
        seen("ProcessDown", { pendingAt: 12_000, firedAt: 43_000, silentAt: 52_500 }),
        seen("NoOwner", { pendingAt: 15_000 }),
        seen("ConservationBroken", { firedAt: 20_000 }),
        seen("ZoneFailover", { firedAt: 21_000 }),
        seen("OrderEntryBurnFast", { firedAt: 22_000 }),
        seen("StandbyMissing", { firedBefore: true }),
      ],
      EXPECTATION,
      HURT,
    );
    expect(Object.fromEntries(judged.map(({ name, verdict }) => [name, verdict]))).to.deep.equal({
      ProcessDown: "fired",
      NoOwner: "missing",
      ConservationBroken: "unexpected",
      ZoneFailover: "allowed",
      OrderEntryBurnFast: "allowed",
      StandbyMissing: "before",
    });
    expect(judged.find(({ name }) => name === "ProcessDown")).to.include({
      pendingAfter: 2,
      firedAfter: 33,
      silentAfterHeal: 12.5,
    });
    expect(judged.find(({ name }) => name === "NoOwner")).to.include({ pendingAfter: 5, firedAfter: null });
  });

  it("sees when alerts wait, fire and are silent again, and which had fired before", async () => {
    const clock = manualClock();
    const alert = (alertname: string, state: ActiveAlert["state"], severity = "page"): ActiveAlert => ({
      ...{ labels: { alertname, severity }, annotations: {}, state, activeAt: "" },
    });
    let active = [alert("StandbyMissing", "firing"), alert("Watchdog", "firing", "none")];
    const watch = new AlertWatch({ alerts: async () => active }, clock);
    const look = async (...now: ActiveAlert[]) => {
      active = now;
      clock.advance(500);
      await nextTurn();
    };
    await nextTurn();
    await look(alert("StandbyMissing", "firing"), alert("NoOwner", "pending"));
    await look(alert("NoOwner", "pending"), alert("NoOwner", "firing"));
    expect(watch.firing).to.deep.equal(["NoOwner"]);
    await look();
    watch.stop();
    expect(watch.firing).to.deep.equal([]);
    const times = Object.fromEntries(watch.alerts.map(({ name, ...rest }) => [name, rest]));
    expect(Object.keys(times)).to.deep.equal(["StandbyMissing", "NoOwner"]);
    expect(times.NoOwner).to.include({ firedBefore: false, pendingAt: 500, firedAt: 1000, silentAt: 1500 });
    expect(times.StandbyMissing).to.include({ firedBefore: true, firedAt: undefined, silentAt: 1000 });
  });

  it("has held only if what had to fire fired, nothing else did, and the invariants held", () => {
    const good = rehearsed([seen("ProcessDown", { firedAt: 11_000 }), seen("NoOwner", { firedAt: 11_000 })]);
    const silent = rehearsed([seen("ProcessDown", { firedAt: 11_000 })]);
    const loud = rehearsed([
      ...["ProcessDown", "NoOwner", "TwoOwners"].map((name) => seen(name, { firedAt: 11_000 })),
    ]);
    const day = (one: RehearsedExperiment) => ({ at: 0, ordersPerSecond: 1, experiments: [one] });
    expect(hasHeld(day(good))).to.equal(true);
    expect(hasHeld(day({ ...good, report: { ...good.report, passed: false } }))).to.equal(false);
    expect(hasHeld(day({ ...good, report: { ...good.report, failed: "it hung" } }))).to.equal(false);
    expect(alertProblems(silent)).to.deep.equal(["NoOwner did not fire"]);
    expect(alertProblems(loud)).to.deep.equal(["TwoOwners fired, and was not expected"]);
    expect([silent, loud].map((one) => hasHeld(day(one)))).to.deep.equal([false, false]);
  });

  it("is told as a table, as Markdown and as a page, with a line for each alert", () => {
    const one = rehearsed([seen("ProcessDown", { pendingAt: 11_000, firedAt: 42_000 })]);
    const day = { at: 0, ordersPerSecond: 1, experiments: [one] };
    expect(gameDayTable(day)).to.match(
      /region-loss +30 s +ProcessDown +fired, as it must +32 s +not while watched +held/,
    );
    expect(gameDayMarkdown(day)).to.include("|  |  | NoOwner | DID NOT FIRE | – | – |  |");
    const page = gameDayPage(day);
    expect(page).to.include("NoOwner did not fire").and.to.include('class="firing"');
    expect(page).not.to.match(/<script|https?:/);
  });

  it("expects no alert of an experiment that hurts for a shorter time than the alert needs", () => {
    const { fires, mayFire, hurtSeconds } = expectationOf("region-loss");
    expect(expectationOf("region-loss", hurtSeconds + 1)).to.deep.equal({
      fires,
      mayFire,
      hurtSeconds: hurtSeconds + 1,
    });
    expect(expectationOf("region-loss", 10)).to.deep.equal({
      fires: [],
      mayFire: [...fires, ...mayFire],
      hurtSeconds: 10,
    });
  });

  it("tells of one that was interrupted, and of an experiment that did not come to its end", () => {
    const one = rehearsed([seen("ProcessDown", { firedAt: 11_000 }), seen("NoOwner", { firedAt: 11_000 })]);
    const failed = { ...one, report: { ...one.report, failed: "the platform did not come to rest <here>" } };
    const day = { at: 0, ordersPerSecond: 1, experiments: [one], isInterrupted: true };
    expect(hasHeld(day)).to.equal(false);
    expect(gameDayPage(day)).to.include("It was interrupted");
    const page = gameDayPage({ ...day, experiments: [failed] });
    expect(page).to.include("It did not come to its end: the platform did not come to rest &lt;here");
  });

  it("runs all experiments unless some are named", () => {
    const all = allExperiments().map(({ name }) => name);
    expect(parseGameDayOptions([])).to.deep.include({ kind: "run", names: all, load: 60, accounts: 12 });
    expect(parseGameDayOptions(["--only", "latency,zone-loss", "--load", "5"])).to.deep.include({
      names: ["latency", "zone-loss"],
      load: 5,
    });
    expect(parseGameDayOptions(["--for", "20s"])).to.include({ forSeconds: 20 });
    expect(() => parseGameDayOptions(["--for", "long"])).to.throw("--for takes a number");
    expect(() => parseGameDayOptions(["--only", "nothing"])).to.throw("There is no experiment");
    expect(() => parseGameDayOptions(["--load", "0"])).to.throw("--load takes a number");
    expect(() => parseGameDayOptions(["--fast"])).to.throw("--help");
  });
});

function seen(name: string, times: Partial<AlertTimes>): AlertTimes {
  const never = { pendingAt: undefined, firedAt: undefined, silentAt: undefined };
  return { name, severity: "page", firedBefore: false, ...never, ...times };
}

function rehearsed(alerts: readonly AlertTimes[]): RehearsedExperiment {
  const report: ExperimentReport = {
    ...{ experiment: "region-loss", what: "all stands still", at: 0, regions: 3, ordersPerSecond: 1 },
    ...{ hurtAt: 5, healedAt: 35, seconds: [], passed: true },
  };
  return { report, hurtSeconds: 30, alerts: judgeAlerts(alerts, EXPECTATION, HURT) };
}
