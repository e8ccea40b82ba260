import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import { asked, legendText } from "#dashboards/asked.ts";
import { TRACKS } from "#dashboards/timeline.ts";
import { rangeOf } from "#local/observe/board-answer.ts";
import { eventsOf } from "#local/observe/timeline-answer.ts";
import { chartScale, linePath, niceTop, valueAt } from "#services/web/src/ops/chart/chart-scale.ts";
import { lastsText, valueText } from "#services/web/src/ops/chart/value-text.ts";
import { groupAlerts } from "#services/web/src/ops/parts/alert-groups.ts";
import { verdictOf } from "#services/web/src/ops/parts/verdict.ts";
import { markdownBlocks } from "#services/web/src/ops/runbook/markdown.ts";
import { boardAddress, routeOf } from "#services/web/src/ops/state/use-route.ts";
import type { OpsAlert, OpsStatus } from "#shared/protocol/ops-messages.ts";

const RUNBOOKS = fileURLToPath(new URL("../../runbooks", import.meta.url));
const WELL: OpsStatus = { metrics: "up", isAlerting: true, alerts: [], experiments: [], silent: [] };

describe("the operations page", () => {
  describe("asks", () => {
    it("a panel's query with its variables filled in, and names lines by their labels", () => {
      const expr = 'rate(x{region=~"$region",shard=~"$shard",market=~"$market"}[$__rate_interval])';
      expect(asked(expr, { rateSeconds: 20 })).to.equal(
        'rate(x{region=~".*",shard=~".*",market=~".*"}[20s])',
      );
      expect(asked(expr, { rateSeconds: 20, chosen: { region: "eu-west-1" } })).to.equal(
        'rate(x{region=~"eu-west-1",shard=~".*",market=~".*"}[20s])',
      );
      expect(legendText("p99 {{region}} {{zone}}", { region: "eu-west-1" })).to.equal("p99 eu-west-1");
    });

    it("in steps that stand still while time goes on, so that lines do not flicker", () => {
      const [a, b] = [rangeOf(900, 1_000_000_001_000), rangeOf(900, 1_000_000_003_900)];
      expect(a).to.deep.equal(b);
      expect(a).to.include({ stepSeconds: 5 });
      expect(a.to - a.from).to.equal(900);
      expect(rangeOf(300, 0).stepSeconds).to.equal(2);
    });
  });

  describe("shows what happened", () => {
    const track = (id: string) => {
      const found = TRACKS.find((each) => each.id === id);
      if (found === undefined) throw new Error(`no track ${id}`);
      return found;
    };
    const range = { from: 0, to: 100, stepSeconds: 2 };
    const series = (metric: Record<string, string>, ...times: number[]) => ({
      metric,
      values: times.map((at) => [at, 1] as const),
    });

    it("as pieces of time, and what is there at the end goes on", () => {
      const events = eventsOf(
        track("alerts"),
        [series({ alertname: "NoOwner" }, 10, 12, 14, 40, 42), series({ alertname: "ForkOpen" }, 98, 100)],
        range,
      );
      expect(events).to.deep.equal([
        { track: "alerts", text: "NoOwner", from: 10_000, to: 14_000 },
        { track: "alerts", text: "NoOwner", from: 40_000, to: 42_000 },
        { track: "alerts", text: "ForkOpen", from: 98_000, to: null },
      ]);
    });

    it("as one where two series have one name, and as a moment what happens at once", () => {
      const both = [
        series({ experiment: "latency", process: "a" }, 10, 12),
        series({ experiment: "latency", process: "b" }, 12, 14),
      ];
      expect(eventsOf(track("experiments"), both, range)).to.deep.equal([
        { track: "experiments", text: "latency", from: 10_000, to: 14_000 },
      ]);
      const moved = [series({ shard: "crypto-1", region: "eu-west-1" }, 20, 22, 40, 42, 60)];
      expect(eventsOf(track("ownership"), moved, range)).to.deep.equal([
        { track: "ownership", text: "crypto-1 → eu-west-1", from: 20_000, to: 20_000 },
      ]);
    });
  });

  describe("says how things stand", () => {
    const alert = (
      severity: string,
      state: OpsAlert["state"] = "firing",
      change: Partial<OpsAlert> = {},
    ): OpsAlert => ({ name: `${severity}-alert`, summary: "", since: 0, severity, state, ...change });
    const said = (status: Partial<OpsStatus>) => verdictOf({ value: { ...WELL, ...status } });

    it("in words, and how bad it is", () => {
      expect(said({})).to.include({ mood: "good", words: "All is well" });
      expect(said({ alerts: [alert("page")] })).to.include({ mood: "bad", words: "1 alert fires" });
      expect(said({ alerts: [alert("page"), alert("ticket")] })).to.include({
        words: "2 alerts fire",
        more: "1 of them a page.",
      });
      expect(said({ alerts: [alert("ticket")] })).to.include({ mood: "warn", more: "A ticket, no page." });
      expect(said({ alerts: [alert("page", "pending")] })).to.include({ mood: "good" });
      expect(said({ silent: ["edge"] })).to.include({ mood: "warn", words: "edge is silent" });
    });

    it("with one line for an alert that fires of several things, from the oldest on", () => {
      const of = (summary: string, since: number, state: OpsAlert["state"] = "firing") =>
        alert("page", state, { name: "ProcessDown", summary, since });
      const alerts = [of("b is down", 20), of("a is down", 10), of("c is down", 5, "pending")];
      expect(groupAlerts(alerts)).to.deep.equal([
        {
          ...{ name: "ProcessDown", severity: "page", state: "firing" },
          ...{ since: 10, summaries: ["a is down", "b is down"] },
        },
      ]);
      expect(said({ alerts })).to.include({ words: "1 alert fires", more: "It pages." });
    });

    it("never that all is well where nobody would be told otherwise", () => {
      expect(said({ isAlerting: false }).mood).to.equal("waiting");
      expect(said({ metrics: "not-installed" }).more).to.include("PROMETHEUS_PATH");
      expect(said({ metrics: "down", reason: "it ended" })).to.include({ mood: "bad" });
      expect(verdictOf({ problem: { kind: "not-watched" } }).more).to.include("--observe");
      expect(verdictOf({ value: WELL, problem: { kind: "failed", words: "no answer" } }).mood).to.equal(
        "bad",
      );
    });
  });

  describe("draws", () => {
    const line = (...points: [number, number][]) => ({ name: "x", labels: {}, points });

    it("lines that break where values are missing", () => {
      const scale = chartScale([line([0, 0], [10, 5])], { from: 0, to: 100_000 }, undefined);
      expect(scale.top).to.equal(8);
      expect(linePath(line([0, 8], [2, 8], [10, 0]), scale, 2)).to.equal(
        "M0.0 0.00h1L20.0 0.00M100.0 100.00h1",
      );
    });

    it("a limit as soon as values come near it", () => {
      const top = (value: number) => chartScale([line([0, value])], { from: 0, to: 1 }, 10).top;
      expect(top(4)).to.be.lessThan(10);
      expect(top(6)).to.be.greaterThan(10);
      expect([0, 0.9, 1, 19, 230].map(niceTop)).to.deep.equal([1, 1, 2, 20, 250]);
    });

    it("no value where the last one is too old", () => {
      expect(valueAt(line([10, 7]), 12_000, 2)).to.equal(7);
      expect(valueAt(line([10, 7]), 20_000, 2)).to.equal(undefined);
    });

    it("values in their unit, short", () => {
      const texts = [0.0123, 1.5, 0, 0.00004].map((value) => valueText(value, "s"));
      expect(texts).to.deep.equal(["12.3 ms", "1.5 s", "0 s", "40 µs"]);
      expect(valueText(0.256, "percentunit")).to.equal("25.6 %");
      expect(valueText(3 * 1024 ** 2, "bytes")).to.equal("3 MiB");
      expect(valueText(12_345, "reqps")).to.equal("12.3 k/s");
      expect(valueText(0.5, "currencyUSD")).to.equal("$0.5");
      expect([20_000, 600_000, 8_000_000].map(lastsText)).to.deep.equal(["20 s", "10 min", "2 h"]);
    });
  });

  describe("opens runbooks", () => {
    it("by their address, and boards too", () => {
      expect(routeOf("")).to.deep.equal({ kind: "board", id: "front-page", chosen: {} });
      expect(routeOf("#/board/failover")).to.deep.equal({ kind: "board", id: "failover", chosen: {} });
      expect(routeOf("#/runbook/no-owner")).to.deep.equal({ kind: "runbook", name: "no-owner" });
      expect(routeOf("#/runbooks")).to.deep.equal({ kind: "runbooks" });
    });

    it("narrowed to what the address says, if that can be anything", () => {
      const chosen = { region: "eu-west-1", market: "BTCUSDT" };
      expect(routeOf(boardAddress("matching", chosen))).to.deep.equal({
        kind: "board",
        id: "matching",
        chosen,
      });
      const bad = `#/board/matching?region=${encodeURIComponent('x"} or vector(1)')}`;
      expect(routeOf(bad)).to.deep.equal({ kind: "board", id: "matching", chosen: {} });
    });

    it("with every word of theirs: nothing of their Markdown is left over or lost", () => {
      for (const name of readdirSync(RUNBOOKS).filter(
        (file) => file.endsWith(".md") && file !== "README.md",
      )) {
        const text = readFileSync(`${RUNBOOKS}/${name}`, "utf8");
        const shown = markdownBlocks(text).flatMap((block) =>
          block.kind === "code"
            ? [block.text]
            : (block.kind === "list" ? block.items.flat() : block.text).map((inline) => inline.text),
        );
        const words = (of: string) =>
          of
            .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
            .trim()
            .split(" ");
        const page = text.replace(/^---\n[\s\S]*?\n---\n/, "");
        const plain = page.replaceAll(/\]\([^)]*\)/g, "]").replaceAll(/^(```.*|\s*\d+\.\s)/gm, "");
        expect(words(shown.join(" ")), name).to.deep.equal(words(plain));
        const prose = markdownBlocks(text).flatMap((block) =>
          block.kind === "paragraph" ? block.text.filter(({ kind }) => kind === "text") : [],
        );
        for (const inline of prose) expect(inline.text, name).not.to.match(/\*\*|^#|```/);
      }
    });
  });
});
