import { expect } from "chai";
import { describe, it } from "mocha";
import { rewoundFills, withFills } from "#services/web/src/state/fills.ts";
import { settled } from "#services/web/src/state/provisional.ts";
import { judgedFills, withReconciliations } from "#services/web/src/state/reconciliations.ts";
import {
  isReconciling,
  pressureOf,
  provisionalAssets,
  regionLines,
  shardOf,
} from "#services/web/src/state/regions.ts";
import { judgedTape, rewoundTape, withTrades } from "#services/web/src/state/tape.ts";
import type { FillItem, TapeItem } from "#services/web/src/state/types.ts";
import type { WireReconciliation } from "#shared/protocol/reconciliation-messages.ts";
import type { RegionStatusMessage, ShardStatus } from "#shared/protocol/region-messages.ts";

const FORK = { shard: "crypto-1", branch: "fork-a", seq: 12 };
const REWOUND = { feed: "user/crypto-1", shard: "crypto-1", branch: "main", toSeq: 10 };

function fill(change: Partial<FillItem> = {}): FillItem {
  const names = { symbol: "BTCUSDT", id: 7, orderId: 70, price: "64000", qty: "0.4", quoteQty: "25600" };
  const rest = { commission: "0.1", commissionAsset: "USDT", time: 1000, isBuyer: true, isMaker: false };
  return { ...names, ...rest, provisional: true, place: FORK, ...change };
}

function reconciliation(change: Partial<WireReconciliation> = {}): WireReconciliation {
  const commands = { confirmed: 0, merged: 0, reduced: 0, refused: 0, overtaken: 0, skipped: 0 };
  const own = {
    orderId: 70,
    side: "BUY",
    isMaker: false,
    commissionAmount: "0.1",
    commissionAsset: "USDT",
  } as const;
  const busted = { price: "64000", quantity: "0.4", confirmedQuantity: "0.1", conflictedQuantity: "0.3" };
  return {
    ...{
      id: "crypto-1:fork-a",
      shard: "crypto-1",
      fork: "fork-a",
      region: "eu-west-1",
      branch: "main",
      epoch: 3,
    },
    ...{
      state: "reconciled",
      startedSeq: 20,
      endedSeq: 25,
      startedAt: 5000,
      endedAt: 6000,
      symbols: ["BTCUSDT"],
    },
    ...{ commands, fills: { confirmed: 0, conflicted: 1 }, ownCommands: [], ownAdjustments: [] },
    trades: [{ symbol: "BTCUSDT", tradeId: 7, ...busted, isBuyerMaker: false, own: [own] }],
    ownCompensation: [],
    ...change,
  };
}

describe("the page's fills when a fork is given up", () => {
  it("keeps those behind the point of return as being checked, and those before it as they were", () => {
    const before = fill({ id: 6, place: { ...FORK, branch: "main", seq: 10 }, provisional: false });
    const other = fill({ id: 9, place: { ...FORK, shard: "stocks" } });
    const fills = rewoundFills([fill(), before, other], REWOUND);
    expect(fills.map(({ verdict }) => verdict)).to.deep.equal(["checking", undefined, undefined]);
  });

  it("does not take a fill that stands for one that was undone, though both bear the same number", () => {
    const standing = fill({ orderId: 99, provisional: false, place: { ...FORK, branch: "main", seq: 11 } });
    expect(withFills(rewoundFills([fill()], REWOUND), [standing])).to.have.length(2);
  });

  it("keeps what a report told of a fill when REST lists the same one", () => {
    const { place: _, ...listed } = fill({ provisional: false });
    expect(withFills([fill()], [listed])).to.deep.equal([fill()]);
  });

  it("shows what was busted as conflicted, at the time of the fill, by the quantity that was busted", () => {
    const [only, ...others] = judgedFills(rewoundFills([fill()], REWOUND), reconciliation());
    expect(others).to.deep.equal([]);
    expect(only).to.include({ verdict: "conflicted", qty: "0.3", quoteQty: "19200.00000000", time: 1000 });
  });

  it("drops what was confirmed in full, for the trade that stands takes its place", () => {
    const [trade] = reconciliation().trades;
    if (trade === undefined) throw new Error("no trade");
    const confirmed = reconciliation({ trades: [{ ...trade, conflictedQuantity: "0.0000" }] });
    expect(judgedFills(rewoundFills([fill()], REWOUND), confirmed)).to.deep.equal([]);
  });

  it("changes nothing when a verdict is told again", () => {
    const once = judgedFills(rewoundFills([fill()], REWOUND), reconciliation());
    expect(judgedFills(once, reconciliation())).to.deep.equal(once);
  });

  it("leaves the fills of another fork alone", () => {
    const fills = rewoundFills([fill({ place: { ...FORK, branch: "fork-b" } })], REWOUND);
    expect(judgedFills(fills, reconciliation({ trades: [] }))).to.deep.equal(fills);
  });
});

describe("the page's tape when a fork is given up", () => {
  const trade = (change: Partial<TapeItem> = {}): TapeItem => ({
    ...{ id: 7, price: "64000", quantity: "0.4", time: 1000, isBuyerMaker: false, provisional: true },
    place: FORK,
    ...change,
  });
  const standing = trade({ provisional: false, time: 2000, place: { ...FORK, branch: "main", seq: 11 } });
  const checked = rewoundTape([trade()], { ...REWOUND, feed: "BTCUSDT" });

  it("keeps the trades behind the point of return as being checked, beside those that stand under the same numbers", () => {
    expect(checked).to.deep.equal([trade({ verdict: "checking" })]);
    expect(withTrades(checked, [standing])).to.deep.equal([standing, ...checked]);
  });

  it("loads anew what has no place, for nobody can say whether it stands", () => {
    const { place: _, ...listed } = trade({ id: 6, provisional: false });
    expect(rewoundTape([trade(), listed], { ...REWOUND, feed: "BTCUSDT" })).to.deep.equal(checked);
    expect(withTrades([standing], [{ ...listed, id: 7 }])).to.deep.equal([standing]);
  });

  it("shows what was busted as conflicted, by the quantity that was busted, and drops what was confirmed", () => {
    const tape = withTrades(checked, [standing]);
    const { trades } = reconciliation();
    expect(judgedTape(tape, reconciliation(), trades, "BTCUSDT")).to.deep.equal([
      standing,
      trade({ verdict: "conflicted", quantity: "0.3", provisional: false }),
    ]);
    const confirmed = trades.map((each) => ({ ...each, conflictedQuantity: "0.0000" }));
    expect(judgedTape(tape, reconciliation(), confirmed, "BTCUSDT")).to.deep.equal([standing]);
    expect(judgedTape(tape, reconciliation({ fork: "fork-b" }), trades, "BTCUSDT")).to.deep.equal(tape);
    expect(judgedTape(tape, reconciliation(), trades, "ETHUSDT")).to.deep.equal([standing]);
  });
});

describe("what is provisional on the page", () => {
  it("is so no longer once a majority holds it, in that branch and up to there", () => {
    const items = [
      fill(),
      fill({ id: 8, place: { ...FORK, seq: 13 } }),
      fill({ id: 9, place: { ...FORK, branch: "b" } }),
    ];
    const after = settled(items, FORK);
    expect(after.map(({ provisional }) => provisional)).to.deep.equal([false, true, true]);
    expect(settled(after, FORK)).to.equal(after);
  });
});

describe("the reconciliations that the page knows", () => {
  it("are listed once each, newest first, and a complete one is not taken back", () => {
    const newer = reconciliation({ id: "stocks:fork-b", endedAt: 7000 });
    const late = reconciliation({ state: "replaying" });
    const known = withReconciliations(withReconciliations([reconciliation()], [newer]), [late]);
    expect(known.map(({ id, state }) => `${id} ${state}`)).to.deep.equal([
      "stocks:fork-b reconciled",
      "crypto-1:fork-a reconciled",
    ]);
  });
});

describe("the Regions as the page shows them", () => {
  const shard = (change: Partial<ShardStatus>): ShardStatus => ({
    ...{
      shard: "crypto-1",
      symbols: ["BTCUSDT"],
      owner: "us-east-1",
      epoch: 1,
      branch: "main",
      route: "own",
    },
    ...{
      provisional: false,
      reconciling: false,
      lagMs: 0,
      seq: 1,
      finalSeq: 1,
      backpressure: "ok",
      queued: 0,
    },
    ...change,
  });
  const standing = (...shards: readonly ShardStatus[]): RegionStatusMessage => ({
    region: "us-east-1",
    isPartitioned: false,
    regions: [
      { region: "us-east-1", health: "up", roundTripMs: 0 },
      { region: "eu-west-1", health: "unreachable", roundTripMs: null },
    ],
    shards,
  });
  const remote = { shard: "stocks", symbols: ["AAPLUSD", "MSFTUSD"], owner: "eu-west-1" };

  it("have the markets that they own, and the worst lag, which is unknown where one of them is", () => {
    const fast = shard({ ...remote, shard: "fx", symbols: ["EURUSD"], lagMs: 40 });
    const lines = regionLines(standing(shard({}), shard({ ...remote, lagMs: 90 }), fast));
    expect(lines.map(({ lagMs }) => lagMs)).to.deep.equal([0, 90]);
    expect(lines[1]).to.deep.include({
      isUp: false,
      isHome: false,
      symbols: ["AAPLUSD", "MSFTUSD", "EURUSD"],
    });
    expect(regionLines(standing(shard({ ...remote, lagMs: null }), fast))[1]?.lagMs).to.equal(null);
  });

  it("say which shard a market is in, and which assets may still change", () => {
    const fork = shard({ ...remote, provisional: true });
    expect(shardOf(standing(shard({}), fork), "MSFTUSD")?.shard).to.equal("stocks");
    const row = { free: "1", locked: "0" };
    const balances = [
      { shard: "crypto-1", asset: "BTC", ...row },
      { shard: "stocks", asset: "USD", ...row },
    ];
    expect([...provisionalAssets(standing(shard({}), fork), balances)]).to.deep.equal(["USD"]);
  });

  it("reconcile a shard while a fork of theirs is sealed, or a replay on it is told of, until it is complete", () => {
    const own = shard({ reconciling: true });
    expect(isReconciling(own, [])).to.equal(true);
    expect(isReconciling(shard({}), [reconciliation({ state: "replaying" })])).to.equal(true);
    expect(isReconciling(shard({}), [reconciliation()])).to.equal(false);
    expect(isReconciling(shard({ shard: "fx" }), [reconciliation({ state: "replaying" })])).to.equal(false);
    expect(isReconciling(undefined, [reconciliation({ state: "replaying" })])).to.equal(false);
  });

  it("tell the worst level of admission and all that waits, and nothing where nothing does", () => {
    const slow = shard({ backpressure: "slow", queued: 2 });
    expect(pressureOf(standing(slow, shard({ queued: 3 })))).to.deep.equal({ level: "slow", queued: 5 });
    expect(pressureOf(standing(shard({})))).to.equal(undefined);
  });
});
