import { expect } from "chai";
import { describe, it } from "mocha";
import type { OrderId } from "#shared/domain/ids.ts";
import { EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

for (const engine of ENGINES) {
  describe(`amending, canceling and replacing in the ${engine.name}`, () => {
    it("an amendment lowers the quantity in place and unlocks the difference", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, quantity: 10 });
      shard.place({ id: 2, account: 2, quantity: 1 });
      expect(shard.amend(1, 4)).to.deep.equal(["amended 1 to 4"]);
      expect(shard.book("BUY"), "it keeps its place").to.deep.equal(["1: 4 @ 100", "2: 1 @ 100"]);
      expect(shard.balance(1, "QQQ").locked).to.equal(400);
    });

    it("an amendment goes below the quantity and stays above what was executed and prevented", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, quantity: 10 });
      shard.place({ id: 2, account: 2, side: "SELL", quantity: 3 });
      shard.place({ id: 3, side: "SELL", quantity: 2, selfTradePrevention: "DECREMENT" });
      const notLower = ["rejected AmendOrder amend-not-lower"];
      expect(shard.amend(1, 10)).to.deep.equal(notLower);
      expect(shard.amend(1, 5), "3 executed, 2 prevented").to.deep.equal(notLower);
      expect(shard.amend(1, 6)).to.deep.equal(["amended 1 to 6"]);
      expect(shard.order(1)).to.include({ quantity: 6, visible: 1, locked: 100 });
    });

    it("an amendment passes LOT_SIZE and NOTIONAL", () => {
      const shard = new EngineShard(engine, { minQuantity: 3, minNotional: 400 });
      shard.place({ id: 1, quantity: 10 });
      expect(shard.amend(1, 2)).to.deep.equal(["rejected AmendOrder lot-size"]);
      expect(shard.amend(1, 3)).to.deep.equal(["rejected AmendOrder notional"]);
      expect(shard.amend(1, 4)).to.deep.equal(["amended 1 to 4"]);
    });

    it("orders are found by id, by client order id, or by both where both fit", () => {
      const shard = new EngineShard(engine);
      const unknown = ["rejected CancelOrder unknown-order"];
      shard.place({ id: 1 });
      const byName = (origClientOrderId: string, orderId = 0) =>
        shard.cancel(1, { orderId: orderId as OrderId, origClientOrderId });
      expect(byName("")).to.deep.equal(unknown);
      expect(byName("c2")).to.deep.equal(unknown);
      expect(byName("c2", 1)).to.deep.equal(unknown);
      expect(shard.cancel(1, { account: 2 as never })).to.deep.equal(unknown);
      expect(byName("c1")).to.deep.equal(["canceled 1"]);
      shard.place({ id: 3 });
      expect(shard.cancel(3, { origClientOrderId: "c3" })).to.deep.equal(["canceled 3"]);
      expect(shard.cancel(3), "it has ended").to.deep.equal(unknown);
    });

    it("a cancel may be restricted to new, or to partially filled orders", () => {
      const shard = new EngineShard(engine);
      const restricted = ["rejected CancelOrder cancel-restricted"];
      shard.place({ id: 1, quantity: 2 });
      expect(shard.cancel(1, { restriction: "ONLY_PARTIALLY_FILLED" })).to.deep.equal(restricted);
      shard.place({ id: 2, account: 2, side: "SELL", quantity: 1 });
      expect(shard.cancel(1, { restriction: "ONLY_NEW" })).to.deep.equal(restricted);
      expect(shard.cancel(1, { restriction: "ONLY_PARTIALLY_FILLED" })).to.deep.equal(["canceled 1"]);
    });

    it("all orders of an account are canceled by rising id, each with its list", () => {
      const shard = new EngineShard(engine);
      expect(shard.cancelAll()).to.deep.equal(["rejected CancelAllOrders unknown-order"]);
      shard.place({ id: 7 });
      shard.list("OTO", [{ id: 9 }, { id: 3, side: "SELL", price: 200 }]);
      shard.place({ id: 5, type: "STOP_LOSS_LIMIT", stopPrice: 200 });
      shard.place({ id: 1, account: 2 });
      expect(shard.cancelAll()).to.deep.equal([
        "canceled 9",
        "canceled 3",
        "list 900 done",
        "canceled 5",
        "canceled 7",
      ]);
      expect(shard.open()).to.deep.equal(["1 in the book"]);
    });

    it("a replacement cancels, then places; what was locked pays for the new order", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, quantity: 10 });
      shard.keep(1, "QQQ", 0);
      expect(shard.replace(1, { id: 2, quantity: 5, price: 200 })).to.deep.equal([
        "canceled 1",
        "accepted 2 working",
      ]);
    });

    it("a replacement stops at a cancel that fails, or goes on, as it is told", () => {
      const shard = new EngineShard(engine);
      expect(shard.replace(1, { id: 2 })).to.deep.equal(["rejected CancelOrder unknown-order"]);
      expect(shard.replace(1, { id: 2 }, { mode: "ALLOW_FAILURE" })).to.deep.equal([
        "rejected CancelOrder unknown-order",
        "accepted 2 working",
      ]);
      expect(shard.replace(1, { id: 3, price: 0 }, { mode: "ALLOW_FAILURE" })).to.deep.equal([
        "rejected CancelOrder unknown-order",
        "rejected PlaceOrder malformed-order",
      ]);
    });

    it("a replacement whose new order is refused leaves the old one canceled", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1 });
      expect(shard.replace(1, { id: 2, quantity: 2_000_000 })).to.deep.equal([
        "canceled 1",
        "rejected PlaceOrder lot-size",
      ]);
      expect(shard.open()).to.deep.equal([]);
    });

    it("each refusal of a replacement names its own half", () => {
      const shard = new EngineShard(engine);
      const command = {
        kind: "ReplaceOrder",
        account: 1 as never,
        market: "AAAQQQ" as never,
        mode: "ALLOW_FAILURE",
        cancelOrderId: 5 as OrderId,
        cancelOrigClientOrderId: "old",
        restriction: "NONE",
        order: { ...shard.placing({ id: 6, price: 0 }) },
      } as const;
      const [first, second] = shard.fold(command);
      expect(first).to.include({ command: "CancelOrder", orderId: 5, clientOrderId: "old" });
      expect(second).to.include({ command: "PlaceOrder", orderId: 6, clientOrderId: "c6" });
    });
  });
}
