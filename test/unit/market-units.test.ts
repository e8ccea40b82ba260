import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Asset } from "#shared/domain/asset.ts";
import { FEE_DENOMINATOR, feeOn, type Market, notionalOf } from "#shared/domain/market.ts";
import {
  formatAmount,
  formatPrice,
  formatQuantity,
  parseAmount,
  parsePrice,
  parseQuantity,
} from "#shared/domain/market-units.ts";

const { assets, markets } = defaultDefinitions();
const anyMarket = fc.constantFrom(...markets);
const MAX = BigInt(Number.MAX_SAFE_INTEGER);

describe("prices, quantities and amounts of a market", () => {
  it("come back from text as they were written, eight digits behind the point", () => {
    fc.assert(
      fc.property(anyMarket, fc.nat(2 ** 31 - 1), (market, steps) => {
        const base = assetOf(market.base);
        expect(parsePrice(market, formatPrice(market, steps))).to.deep.equal({ ok: true, units: steps });
        expect(parseQuantity(market, base, formatQuantity(market, base, steps))).to.deep.equal({
          ok: true,
          units: steps,
        });
        expect(parseAmount(base, formatAmount(base, steps))).to.deep.equal({ ok: true, units: steps });
        for (const text of [formatPrice(market, steps), formatQuantity(market, base, steps)])
          expect(text).to.match(/^\d+\.\d{8}$/);
      }),
    );
  });

  it("are off-step between two steps, too precise beyond what the wire or the asset can say", () => {
    const market = marketOf("BTCUSDT");
    const btc = assetOf("BTC");
    expect(parsePrice(market, "100.25")).to.deep.equal({ ok: true, units: 10_025 });
    expect(parsePrice(market, "100.255")).to.deep.equal({ ok: false, error: "off-step" });
    expect(parsePrice(market, "100.123456789")).to.deep.equal({ ok: false, error: "too-precise" });
    expect(parseQuantity(market, btc, "0.0001")).to.deep.equal({ ok: true, units: 1 });
    expect(parseQuantity(market, btc, "0.00015")).to.deep.equal({ ok: false, error: "off-step" });
    expect(parseQuantity(market, btc, "0.123456789")).to.deep.equal({ ok: false, error: "too-precise" });
    expect(parsePrice(market, "-1")).to.deep.equal({ ok: false, error: "malformed" });
    expect(parsePrice(market, "99999999999999999999")).to.deep.equal({ ok: false, error: "too-large" });
  });

  it("keep ticks of several units", () => {
    const market = { ...marketOf("BTCUSDT"), tickUnits: 5 };
    expect(parsePrice(market, "100.25")).to.deep.equal({ ok: true, units: 2005 });
    expect(parsePrice(market, "100.26")).to.deep.equal({ ok: false, error: "off-step" });
    expect(formatPrice(market, 2005)).to.equal("100.25000000");
  });

  it("are written exactly also where the smallest unit passes 2^53", () => {
    fc.assert(
      fc.property(anyMarket, fc.maxSafeNat(), (market, lots) => {
        const base = assetOf(market.base);
        const units = BigInt(lots) * BigInt(market.basePerLot);
        const text = formatQuantity(market, base, lots);
        expect(BigInt(text.replace(".", "")) * 10n ** BigInt(base.scale)).to.equal(units * 10n ** 8n);
      }),
    );
  });
});

describe("the money of a trade", () => {
  it("has the fee that BigInt says, rounded down, for any amount and rate", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(FEE_DENOMINATOR), (amount, ppm) => {
        expect(BigInt(feeOn(amount, ppm))).to.equal((BigInt(amount) * BigInt(ppm)) / BigInt(FEE_DENOMINATOR));
      }),
      { numRuns: 2000 },
    );
    for (const amount of [0, 1, 999_999, 1_000_000, Number.MAX_SAFE_INTEGER]) {
      for (const ppm of [0, 1, 999_999, 1_000_000])
        expect(BigInt(feeOn(amount, ppm))).to.equal((BigInt(amount) * BigInt(ppm)) / 1_000_000n);
    }
  });

  it("is exact where it fits, and never seems to fit where it does not", () => {
    fc.assert(
      fc.property(anyMarket, fc.maxSafeNat(), fc.maxSafeNat(), fc.nat(40), (market, a, b, shift) => {
        const [price, quantity] = [Math.floor(a / 2 ** shift), Math.floor(b / 2 ** (40 - shift))];
        const exact = BigInt(price) * BigInt(quantity) * BigInt(market.quotePerTickLot);
        const notional = notionalOf(market, price, quantity);
        if (exact <= MAX) expect(BigInt(notional)).to.equal(exact);
        else expect(notional).to.be.greaterThan(Number.MAX_SAFE_INTEGER);
      }),
      { numRuns: 2000 },
    );
  });
});

function marketOf(id: string): Market {
  const market = markets.find((each) => each.id === id);
  if (market === undefined) throw new Error(`no market ${id}`);
  return market;
}

function assetOf(id: string): Asset {
  const asset = assets.find((each) => each.id === id);
  if (asset === undefined) throw new Error(`no asset ${id}`);
  return asset;
}
