import { expect } from "chai";
import { describe, it } from "mocha";
import { EngineShard, START } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

for (const engine of ENGINES) {
  describe(`market states of the ${engine.name}`, () => {
    /** A market with an order in the book, in a state. */
    function marketIn(state: "HALT" | "BREAK" | "CANCEL_ONLY"): EngineShard {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, quantity: 5 });
      expect(shard.state(state)).to.deep.equal([`market ${state}`]);
      return shard;
    }
    const closed = (kind: string) => [`rejected ${kind} market-closed`];
    const oco = [
      { id: 7, side: "SELL", type: "LIMIT_MAKER", price: 110 },
      { id: 8, side: "SELL", type: "STOP_LOSS", stopPrice: 90 },
    ] as const;

    it("HALT takes nothing, not even cancels", () => {
      const shard = marketIn("HALT");
      expect(shard.place({ id: 2 })).to.deep.equal(closed("PlaceOrder"));
      expect(shard.list("OCO", oco)).to.deep.equal(closed("PlaceOrderList"));
      expect(shard.amend(1, 2)).to.deep.equal(closed("AmendOrder"));
      expect(shard.cancel(1)).to.deep.equal(closed("CancelOrder"));
      expect(shard.cancelAll()).to.deep.equal(closed("CancelAllOrders"));
      expect(shard.cancelList(700)).to.deep.equal(closed("CancelOrderList"));
      expect(shard.replace(1, { id: 2 })).to.deep.equal(closed("ReplaceOrder"));
      shard.state("TRADING");
      expect(shard.cancel(1)).to.deep.equal(["canceled 1"]);
    });

    it("CANCEL_ONLY takes cancels only, and of a replacement that half", () => {
      const shard = marketIn("CANCEL_ONLY");
      shard.state("TRADING");
      shard.place({ id: 2 });
      shard.state("CANCEL_ONLY");
      expect(shard.place({ id: 3 })).to.deep.equal(closed("PlaceOrder"));
      expect(shard.amend(1, 2)).to.deep.equal(closed("AmendOrder"));
      expect(shard.replace(1, { id: 3 })).to.deep.equal(["canceled 1", ...closed("PlaceOrder")]);
      expect(shard.cancel(2)).to.deep.equal(["canceled 2"]);
    });

    it("BREAK collects what may rest or wait, and refuses what wants to trade now", () => {
      const shard = marketIn("BREAK");
      expect(shard.place({ id: 2, type: "MARKET", quantity: 1 })).to.deep.equal(closed("PlaceOrder"));
      expect(shard.place({ id: 2, timeInForce: "IOC" })).to.deep.equal(closed("PlaceOrder"));
      expect(shard.place({ id: 2, timeInForce: "FOK" })).to.deep.equal(closed("PlaceOrder"));
      const taking = { id: 2, account: 2, side: "SELL", price: 100, type: "LIMIT_MAKER" } as const;
      expect(shard.place(taking)).to.deep.equal(["rejected PlaceOrder would-take"]);
      expect(shard.place({ ...taking, type: "LIMIT" })).to.deep.equal(["accepted 2 working"]);
      const stop = { id: 3, type: "STOP_LOSS_LIMIT", stopPrice: 120, timeInForce: "IOC" } as const;
      expect(shard.place(stop)).to.deep.equal(["accepted 3 waiting"]);
      expect(shard.list("OTO", [{ id: 4 }, { id: 5, type: "MARKET", quantity: 1 }])).to.include(
        "accepted 5 pending",
      );
      expect(shard.amend(1, 2)).to.deep.equal(["amended 1 to 2"]);
      expect(shard.cancel(2)).to.deep.equal(["canceled 2"]);
    });

    it("a crossed book survives a halt and trades when the market opens", () => {
      const shard = marketIn("BREAK");
      shard.place({ id: 2, account: 2, side: "SELL", price: 99, quantity: 5 });
      expect(shard.state("HALT")).to.deep.equal(["market HALT"]);
      expect(shard.state("CANCEL_ONLY")).to.deep.equal(["market CANCEL_ONLY"]);
      expect(shard.state("TRADING")[1]).to.equal("auction 5 @ 99");
    });

    it("dates come in every state", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, timeInForce: "GTD", goodTillDate: START + 10 });
      shard.state("HALT");
      expect(shard.tick(10)).to.deep.equal(["expired 1 good-till-date"]);
    });

    it("a changed definition keeps the state", () => {
      const shard = marketIn("CANCEL_ONLY");
      shard.define({ minNotional: 1 });
      expect(shard.place({ id: 2 })).to.deep.equal(closed("PlaceOrder"));
    });
  });
}
