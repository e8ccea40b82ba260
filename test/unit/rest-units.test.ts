import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { clientNetwork, plainAddress } from "#services/gateway/rest/client-network.ts";
import { defaultClientOrderId } from "#services/gateway/rest/idempotency.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import {
  formatAmount,
  formatPrice,
  formatQuantity,
  parseAmount,
  parsePrice,
  parseQuantity,
} from "#shared/domain/market-units.ts";
import { CLIENT_ORDER_ID } from "#shared/domain/rules.ts";

const { assets, markets } = defaultDefinitions();

describe("a market's units on the wire", () => {
  for (const market of markets) {
    const base = assets.find(({ id }) => id === market.base);
    assert(base !== undefined, "the base asset is defined");

    it(`reads back what it writes: ${market.id}`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (units) => {
          expect(parsePrice(market, formatPrice(market, units))).to.deep.equal({ ok: true, units });
          expect(parseAmount(base, formatAmount(base, units))).to.deep.equal({ ok: true, units });
          const lots = Math.floor(units / market.basePerLot);
          expect(parseQuantity(market, base, formatQuantity(market, base, lots))).to.deep.equal({
            ok: true,
            units: lots,
          });
        }),
      );
    });
  }

  it("tells what lies between two steps from what cannot be written at all", () => {
    const market = markets.find(({ id }) => id === "BTCUSDT");
    const btc = assets.find(({ id }) => id === "BTC");
    assert(market !== undefined && btc !== undefined, "BTCUSDT is defined");
    const error = (result: { ok: boolean; error?: string }) => (result.ok ? "ok" : result.error);
    expect(error(parsePrice(market, "1.005"))).to.equal("off-step");
    expect(error(parsePrice(market, "1.000000001"))).to.equal("too-precise");
    expect(error(parsePrice(market, "1.0000000000"))).to.equal("ok");
    expect(error(parseQuantity(market, btc, "0.00005"))).to.equal("off-step");
    expect(error(parseQuantity(market, btc, "0.000000001"))).to.equal("too-precise");
    expect(error(parsePrice(market, "99999999999999999999"))).to.equal("too-large");
    expect(error(parsePrice(market, "-1"))).to.equal("malformed");
    // A sum of quantities may pass 2^53 smallest units and is still written to the last digit.
    expect(formatQuantity(market, btc, 2 ** 53 - 1)).to.equal("900719925474.09910000");
  });
});

describe("names that the gateway makes", () => {
  it("makes a client order id of 22 letters and digits of every command id, each its own", () => {
    const ids = fc
      .array(fc.constantFrom(..."0123456789abcdef"), { minLength: 32, maxLength: 32 })
      .map((digits) => digits.join(""));
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const [first, second] = [defaultClientOrderId(a as CommandId), defaultClientOrderId(b as CommandId)];
        expect(first)
          .to.match(/^[0-9A-Za-z]{22}$/)
          .and.match(CLIENT_ORDER_ID);
        expect(first === second).to.equal(a === b);
      }),
    );
  });

  it("counts an IPv4 address by itself and an IPv6 address by its network", () => {
    expect(clientNetwork("203.0.113.7")).to.equal("203.0.113.7");
    expect(clientNetwork("::ffff:203.0.113.7")).to.equal("203.0.113.7");
    expect(clientNetwork("2001:db8:1:2::1")).to.equal(clientNetwork("2001:0DB8:1:2:ffff::9"));
    expect(clientNetwork("2001:db8:1:2::1")).not.to.equal(clientNetwork("2001:db8:1:3::1"));
    expect(clientNetwork("::1")).to.equal("0:0:0:0::/64");
    expect(clientNetwork("fe80::1%eth0")).to.equal("fe80:0:0:0::/64");
    expect(["::ffff:203.0.113.7", "::1"].map(plainAddress)).to.deep.equal(["203.0.113.7", "::1"]);
  });
});
