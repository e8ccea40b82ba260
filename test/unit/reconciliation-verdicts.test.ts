import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { compensationOf } from "#services/reconciliation/compensation.ts";
import { type CanonicalTrade, verdictsOf } from "#services/reconciliation/verdicts.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { ForkFill } from "#shared/domain/command.ts";
import type { AccountId, MarketId, OrderId, TradeId } from "#shared/domain/ids.ts";
import { feeOn, notionalOf } from "#shared/domain/market.ts";
import { SEED } from "#test/support/seed.ts";

const [MARKET] = defaultDefinitions().markets;
if (MARKET === undefined) throw new Error("there is a market");

describe("the verdicts of a reconciliation", () => {
  it("confirms a fill that the canonical lineage also traded", () => {
    expect(told([fill({ quantity: 5 })], [trade({ quantity: 5 })])).to.deep.equal(["5 confirmed"]);
  });

  it("busts a provisional fill whose maker was taken on the canonical side", () => {
    expect(told([fill({ quantity: 5 })], [])).to.deep.equal(["5 conflicted"]);
  });

  it("confirms by quantity, the earlier fill first", () => {
    const fills = [fill({ quantity: 3 }), fill({ quantity: 4 })];
    expect(told(fills, [trade({ quantity: 2 }), trade({ quantity: 3 })])).to.deep.equal([
      "3 confirmed",
      "2 confirmed, 2 conflicted",
    ]);
  });

  it("does not take a trade of another price, another pair or the other way round for a confirmation", () => {
    for (const other of [{ price: 101 }, { maker: 3 }, { taker: 3 }, { maker: 2, taker: 1 }])
      expect(told([fill({ quantity: 1 })], [trade({ quantity: 1, ...other })])).to.deep.equal([
        "1 conflicted",
      ]);
  });

  it("never confirms more than was traded, or than was shown; what is not confirmed is conflicted", () => {
    const small = fc.record({
      maker: fc.integer({ min: 1, max: 3 }),
      taker: fc.integer({ min: 1, max: 3 }),
      price: fc.integer({ min: 100, max: 102 }),
      quantity: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(small), fc.array(small), (fills, trades) => {
        const verdicts = verdictsOf(fills.map(fill), trades.map(trade));
        for (const { fill: shown, confirmed, conflicted } of verdicts) {
          expect(confirmed).to.be.at.least(0);
          expect(confirmed + conflicted).to.equal(shown.quantity);
        }
        for (const one of fills) {
          const isSame = (each: { makerOrderId: number; takerOrderId: number; price: number }) =>
            each.makerOrderId === one.maker && each.takerOrderId === one.taker && each.price === one.price;
          const shown = sum(verdicts.filter((each) => isSame(each.fill)).map((each) => each.fill.quantity));
          const confirmed = sum(verdicts.filter((each) => isSame(each.fill)).map((each) => each.confirmed));
          const traded = sum(
            trades
              .map(trade)
              .filter(isSame)
              .map((each) => each.quantity),
          );
          expect(confirmed).to.equal(Math.min(shown, traded));
        }
      }),
      { seed: SEED },
    );
  });
});

describe("the compensation of a busted fill", () => {
  it("adds up to zero by asset, and takes back from each what the fill had given", () => {
    const quantities = fc.record({
      quantity: fc.integer({ min: 1, max: 10_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(quantities, fc.boolean(), ({ quantity, share }, takerBuys) => {
        const conflicted = Math.round(share * quantity);
        const busted = { ...fill({ quantity }), takerSide: takerBuys ? ("BUY" as const) : ("SELL" as const) };
        const lines = compensationOf({ ...busted, confirmed: quantity - conflicted, conflicted }, MARKET);
        for (const asset of [MARKET.base, MARKET.quote])
          expect(sum(lines.filter((line) => line.asset === asset).map(({ amount }) => amount))).to.equal(0);
        const taker = lines.filter(({ account }) => account === busted.takerAccount);
        const received = taker.find(({ asset }) => asset === (takerBuys ? MARKET.base : MARKET.quote));
        expect(received?.amount ?? 0).to.be.at.most(0);
        if (conflicted === 0) expect(lines).to.deep.equal([]);
      }),
      { seed: SEED },
    );
  });
});

interface Told {
  readonly maker?: number;
  readonly taker?: number;
  readonly price?: number;
  readonly quantity: number;
}

function trade({ maker = 1, taker = 2, price = 100, quantity }: Told): CanonicalTrade {
  const [makerOrderId, takerOrderId] = [maker as OrderId, taker as OrderId];
  return { market: MARKET?.id ?? ("" as MarketId), makerOrderId, takerOrderId, price, quantity };
}

function fill(told: Told): ForkFill {
  const canonical = trade(told);
  const quote = MARKET === undefined ? 0 : notionalOf(MARKET, canonical.price, canonical.quantity);
  return {
    ...canonical,
    tradeId: 1 as TradeId,
    quote,
    takerSide: "BUY",
    makerAccount: 11 as AccountId,
    takerAccount: 12 as AccountId,
    makerFee: feeOn(quote, 1000),
    takerFee: feeOn(canonical.quantity * (MARKET?.basePerLot ?? 1), 1000),
  };
}

function told(fills: readonly ForkFill[], trades: readonly CanonicalTrade[]): string[] {
  return verdictsOf(fills, trades).map(({ confirmed, conflicted }) =>
    [confirmed > 0 ? `${confirmed} confirmed` : "", conflicted > 0 ? `${conflicted} conflicted` : ""]
      .filter((text) => text !== "")
      .join(", "),
  );
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
