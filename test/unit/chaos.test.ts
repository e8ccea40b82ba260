import { expect } from "chai";
import { describe, it } from "mocha";
import { allExperiments } from "#local/chaos/experiments/all.ts";
import { checkOrders, TOLD_NOTHING } from "#local/chaos/load/audit.ts";
import { ClientLedger, type LedgerEntry, type Outcome } from "#local/chaos/load/client-ledger.ts";
import { unitsOf } from "#local/chaos/load/load-account.ts";
import { parseChaosOptions } from "#local/chaos/options.ts";
import { reportMarkdown } from "#local/chaos/report/report-markdown.ts";
import { reportPage } from "#local/chaos/report/report-page.ts";
import { reportTable } from "#local/chaos/report/report-table.ts";
import { bySecond, type ExperimentReport, longestSilence, summarize } from "#local/chaos/report/summary.ts";

const TIMES = { start: 1000, hurt: 3000, heal: 5000, end: 7000 };

describe("chaos", () => {
  describe("the audit of what clients sent and were told", () => {
    it("finds nothing where every acknowledged order is there once", () => {
      const sent = [entry("r-1", acknowledged(7, "0.5")), entry("r-2"), entry("r-3", refused(-2010))];
      const there = [
        { clientOrderId: "r-1", orderId: 7, executedQty: "0.75" },
        { clientOrderId: "r-2", orderId: 8, executedQty: "0" },
      ];
      expect(audited(sent, there)).to.deep.equal({ lost: [], doubled: [] });
    });

    it("finds nothing where an order is there under another id, and is found by the one that was told", () => {
      const sent = [entry("r-1", acknowledged(7, "0.5"))];
      const there = [{ clientOrderId: "r-1", orderId: 9, executedQty: "0.5" }];
      expect(audited(sent, there, new Map([[7, 9]]))).to.deep.equal({ lost: [], doubled: [] });
      expect(audited(sent, there, new Map([[7, 8]])).lost).to.have.length(1);
    });

    it("finds what was acknowledged and is gone, is another order, or has less executed", () => {
      const sent = [
        entry("r-1", acknowledged(7, "0")),
        entry("r-2", acknowledged(8, "0")),
        entry("r-3", acknowledged(9, "0.00050")),
      ];
      const there = [
        { clientOrderId: "r-2", orderId: 80, executedQty: "0" },
        { clientOrderId: "r-3", orderId: 9, executedQty: "0.00049" },
      ];
      expect(audited(sent, there).lost).to.deep.equal([
        "ada r-1: acknowledged as 7, not there",
        "ada r-2: acknowledged as 8, there as 80",
        "ada r-3: told 0.00050 executed, there 0.00049",
      ]);
    });

    it("takes for compensated what its owner was told was undone, and nothing else", () => {
      const sent = [
        entry("r-1", acknowledged(1, "0.5")),
        entry("r-2", acknowledged(2, "0.5")),
        entry("r-3", acknowledged(3, "0")),
        entry("r-4", acknowledged(4, "0.5")),
      ];
      const there = [1, 2, 4].map((orderId) => ({
        clientOrderId: `r-${orderId}`,
        orderId,
        executedQty: "0.3",
      }));
      const busted = new Map([1, 2].map((orderId) => [orderId, unitsOf(orderId === 1 ? "0.2" : "0.1")]));
      const found = { lost: [] as string[], doubled: [] };
      const told = { ...TOLD_NOTHING, busted, notReplayed: new Set([3]) };
      const ids = new Map(sent.map((each) => [each.clientOrderId, each]));
      expect(checkOrders("ada", ids, there, found, told)).to.equal(2);
      expect(found.lost).to.deep.equal([
        "ada r-2: told 0.5 executed, there 0.3",
        "ada r-4: told 0.5 executed, there 0.3",
      ]);
    });

    it("finds what is there twice, though refused, or from nobody", () => {
      const sent = [entry("r-1", acknowledged(7, "0")), entry("r-2", refused(-2010))];
      const there = ["r-1", "r-1", "r-2", "r-9"].map((clientOrderId) => ({
        clientOrderId,
        orderId: 7,
        executedQty: "0",
      }));
      expect(audited(sent, there).doubled).to.deep.equal([
        "ada r-1: there twice",
        "ada r-2: refused with -2010, and there",
        "ada r-9: sent by nobody",
      ]);
    });

    it("counts decimals to the unit", () => {
      expect(unitsOf("123456789.00000001")).to.equal(12345678900000001n);
      expect(unitsOf("0.5")).to.equal(50_000_000n);
    });
  });

  it("tells before, during and after, by when an order was sent", () => {
    const ledger = new ClientLedger();
    for (const [sentAt, answeredAt] of [
      [1000, 1010],
      [2999, 4000],
      [3000, 3500],
      [5000, 5020],
      [6000, 6040],
    ] as const)
      ledger.add({ ...entry("x", acknowledged(1, "0", answeredAt)), sentAt });
    ledger.failures.push(3100, 3200);
    ledger.toldToWait.push(3200);
    const { before, during, after } = summarize(ledger, TIMES);
    expect(before).to.deep.equal({
      sent: 2,
      answered: 1,
      failedAttempts: 0,
      toldToWait: 0,
      p50Ms: 10,
      p99Ms: 1001,
    });
    expect(during).to.deep.equal({
      sent: 1,
      answered: 2,
      failedAttempts: 2,
      toldToWait: 1,
      p50Ms: 500,
      p99Ms: 500,
    });
    expect(after).to.deep.equal({
      sent: 2,
      answered: 2,
      failedAttempts: 0,
      toldToWait: 0,
      p50Ms: 20,
      p99Ms: 40,
    });
    expect(bySecond(ledger, TIMES).map(({ sent }) => sent)).to.deep.equal([1, 1, 1, 0, 1, 1]);
    const backlog = [
      { at: 1200, events: 5, orders: 0 },
      { at: 1800, events: 2, orders: 3 },
    ];
    const [first] = bySecond(ledger, TIMES, backlog);
    expect(first).to.include({ queuedEvents: 5, queuedOrders: 3 });
    expect(longestSilence(ledger, TIMES.hurt, TIMES.end)).to.equal(1020);
    ledger.add({ ...entry("y", acknowledged(2, "0", 3100)), account: "unlucky" });
    expect(longestSilence(ledger, TIMES.hurt, TIMES.end), "of the client that waited longest").to.equal(3900);
    expect(longestSilence(new ClientLedger(), TIMES.hurt, TIMES.end), "nothing was answered at all").to.equal(
      4000,
    );
  });

  it("writes a page and a table that name what was not run, and what broke", () => {
    const ledger = new ClientLedger();
    ledger.add({ ...entry("x", acknowledged(1, "0", 1010)), sentAt: 1000 });
    const audit = {
      lost: ["ada <r-1>"],
      doubled: [],
      compensated: 0,
      wrongBalances: [],
      differingTrades: [],
      acknowledged: 1,
      refused: 0,
      unknown: 0,
    };
    const common = { at: 0, regions: 1, ordersPerSecond: 10 };
    const reports: ExperimentReport[] = [
      {
        ...common,
        experiment: "zone-loss",
        what: "a zone is killed",
        phases: summarize(ledger, TIMES),
        seconds: bySecond(ledger, TIMES),
        longestSilenceMs: 12,
        hurtAt: 2,
        healedAt: 4,
        audit,
        platform: {
          queuedEventsMax: 12,
          queuedOrdersMax: 3,
          backpressure: "slow",
          tapeDivergences: 0,
          verdicts: { confirmed: 4, conflicted: 5 },
          ownerChanges: [{ shard: "crypto-1", from: "a", to: "b", epoch: 2, afterMs: 3456 }],
          failoverMsMax: 321,
          took: { "crypto-1: b → a": 654 },
        },
        passed: false,
      },
      { ...common, experiment: "fanout-loss", what: "gone", notHere: "it is not there" },
    ];
    const page = reportPage(reports);
    expect(page).to.include("<svg").and.include("1 lost").and.include("ada &lt;r-1>");
    expect(page).to.include("Not run here: it is not there");
    const facts = ["crypto-1 went from a to b (epoch 2), 3456 ms", "321 ms", "crypto-1: b → a: 654 ms"];
    for (const fact of facts) expect(page).to.include(fact).and.include("4 confirmed, 5 conflicted");
    const markdown = reportMarkdown(reports);
    for (const fact of facts) expect(markdown).to.include(fact);
    expect(markdown).to.match(/^\| zone-loss \|.* 4 \/ 5 \|.* broken \|$/m);
    const table = reportTable(reports);
    expect(table).to.match(/^zone-loss .*BROKEN$/m);
    expect(table).to.match(/^fanout-loss .*not run: it is not there$/m);
  });

  it("names every experiment that there should be, each once", () => {
    const names = allExperiments().map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    expect(names).to.include.members([
      "zone-loss",
      "planned-move",
      "region-loss",
      "partition",
      "partition-one-way",
      "isolate-owner",
      "latency",
      "store-throttle",
      "cpu-starve",
      "fanout-loss",
      "ledger-failover",
    ]);
  });

  it("understands its command line, and says what it does not", () => {
    expect(parseChaosOptions(["list"])).to.deep.equal({ kind: "list" });
    expect(parseChaosOptions(["run", "all", "--for", "5s", "--load", "300"])).to.include({
      kind: "run",
      name: "all",
      forMs: 5000,
      load: 300,
      regions: 3,
    });
    expect(parseChaosOptions([]).kind).to.equal("help");
    for (const args of [
      ["run"],
      ["break", "it"],
      ["run", "all", "--for", "soon"],
      ["run", "all", "--load", "0"],
      ["run", "all", "--regions", "2"],
      ["run", "all", "--colour"],
    ])
      expect(() => parseChaosOptions(args), args.join(" ")).to.throw(/./);
  });
});

function audited(
  sent: readonly LedgerEntry[],
  there: readonly { clientOrderId: string; orderId: number; executedQty: string }[],
  standing?: ReadonlyMap<number, number>,
) {
  const found = { lost: [], doubled: [] };
  const told = { ...TOLD_NOTHING, ...(standing === undefined ? {} : { standing }) };
  checkOrders("ada", new Map(sent.map((each) => [each.clientOrderId, each])), there, found, told);
  return found;
}

function entry(clientOrderId: string, outcome?: Outcome): LedgerEntry {
  return {
    account: "ada",
    clientOrderId,
    side: "BUY",
    price: "1",
    quantity: "1",
    sentAt: 0,
    attempts: 1,
    unknowns: 0,
    ...(outcome === undefined ? {} : { outcome }),
  };
}

function acknowledged(orderId: number, executedQty: string, at = 0): Outcome {
  return { kind: "acknowledged", at, orderId, executedQty, provisional: false };
}

function refused(code: number): Outcome {
  return { kind: "refused", at: 0, code };
}
