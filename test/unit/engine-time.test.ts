import { expect } from "chai";
import { describe, it } from "mocha";
import { EngineShard, START } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

for (const engine of ENGINES) {
  describe(`time in the ${engine.name}`, () => {
    it("orders expire at their dates, the earlier first, then by id", () => {
      const shard = new EngineShard(engine);
      const dated = (id: number, ms: number) =>
        shard.place({ id, timeInForce: "GTD", goodTillDate: START + ms });
      dated(1, 20);
      dated(3, 10);
      dated(2, 10);
      dated(4, 30);
      expect(shard.tick(9)).to.deep.equal([]);
      expect(shard.tick(20)).to.deep.equal([
        "expired 2 good-till-date",
        "expired 3 good-till-date",
        "expired 1 good-till-date",
      ]);
      expect(shard.balance(1, "QQQ").locked).to.equal(100);
    });

    it("a date that has come is refused, and so is one without GTD or the other way round", () => {
      const shard = new EngineShard(engine);
      shard.tick(10);
      const order = { id: 1, timeInForce: "GTD", goodTillDate: START + 10 } as const;
      expect(shard.place(order)).to.deep.equal(["rejected PlaceOrder good-till-date-passed"]);
      expect(shard.place({ ...order, timeInForce: "GTC" })).to.deep.equal([
        "rejected PlaceOrder malformed-order",
      ]);
      expect(shard.place({ ...order, goodTillDate: 0 })).to.deep.equal([
        "rejected PlaceOrder malformed-order",
      ]);
      expect(shard.place({ ...order, goodTillDate: START + 11 })).to.deep.equal(["accepted 1 working"]);
    });

    it("never runs backwards", () => {
      const shard = new EngineShard(engine);
      shard.tick(100);
      shard.tick(50);
      expect(shard.engine.time).to.equal(START + 100);
    });

    it("client order ids are remembered for a day, those of lists too", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, clientOrderId: "mine" });
      shard.cancel(1);
      const again = () => shard.place({ id: 2, clientOrderId: "mine" });
      expect(again()).to.deep.equal(["rejected PlaceOrder duplicate-client-order-id"]);
      expect(shard.place({ id: 2, account: 2, clientOrderId: "mine" })).to.deep.equal(["accepted 2 working"]);
      shard.cancel(2);
      shard.list("OTO", [{ id: 3 }, { id: 4 }]);
      shard.cancelList(300);
      expect(shard.place({ id: 5, clientOrderId: "list-300" })).to.deep.equal([
        "rejected PlaceOrder duplicate-client-order-id",
      ]);
      shard.tick(DAY_MS - 1);
      expect(again()).to.deep.equal(["rejected PlaceOrder duplicate-client-order-id"]);
      shard.tick(DAY_MS);
      expect(again()).to.deep.equal(["accepted 2 working"]);
    });

    it("the client order id of an open order stays taken for longer than a day", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, clientOrderId: "mine" });
      shard.tick(2 * DAY_MS);
      expect(shard.place({ id: 2, clientOrderId: "mine" })).to.deep.equal([
        "rejected PlaceOrder duplicate-client-order-id",
      ]);
    });

    it("a command is refused after its time, and where it claims more than an hour", () => {
      const shard = new EngineShard(engine);
      const send = (id: number, validUntil: number) => shard.send(shard.placing({ id }), validUntil);
      expect(send(1, START)).to.deep.equal(["accepted 1 working"]);
      expect(send(2, START - 1)).to.deep.equal(["rejected PlaceOrder expired-command"]);
      expect(send(3, START + HOUR_MS)).to.deep.equal(["accepted 3 working"]);
      expect(send(4, START + HOUR_MS + 1)).to.deep.equal(["rejected PlaceOrder validity-too-long"]);
    });
  });
}
