import { expect } from "chai";
import { describe, it } from "mocha";
import type { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoProjections } from "#shared/adapters/aws/dynamodb/dynamo-projections.ts";
import type { AccountId, BranchId, MarketId, OrderId, Seq } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { ProjectionBatch } from "#shared/ports/projections.ts";
import { eventually } from "#test/support/eventually.ts";
import { SHARD } from "./acceptor-contract.ts";
import { dynamoAt, makeDynamoPlace } from "./dynamodb-adapters.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";
import { failureOf } from "./support/failure-of.ts";
import { ownDynamoDb } from "./support/own-dynamodb.ts";
import { sampleBatch, sampleCandle, sampleOrder, sampleTrade } from "./support/sample-rows.ts";

const BTCUSDT = "BTCUSDT" as MarketId;
const [BRANCH, FORK] = ["us-east-1.1", "eu-west-1.1"] as [BranchId, BranchId];

if (isDynamoDbHere())
  describe("the tables on DynamoDB", () => {
    const own = ownDynamoDb();

    async function setUp() {
      const dynamo = dynamoAt(await makeDynamoPlace(own.url));
      own.onEnd(() => dynamo.close());
      const open = async (options: { readonly lookEveryMs?: number } = {}, over = dynamo) => {
        const tables = await openDynamoProjections({ dynamo: over, shards: [SHARD], ...options });
        own.onEnd(() => tables.close());
        return tables;
      };
      return { dynamo, open };
    }

    it("have exactly the keys ORDER#<id> and TRADE#<id>, and what an order's row needs", async () => {
      const { dynamo, open } = await setUp();
      const [order, trade] = [sampleOrder(7, 5), sampleTrade(9, 5)];
      await (await open()).commit(batch(5, { orders: [order], trades: [trade] }));
      expect(await dynamo.get("orders", { pk: "ORDER#7" })).to.include({
        orderId: 7,
        account: 1,
        side: "BUY",
        quantity: 7,
        price: 5_000_007,
        status: "NEW",
        seq: 5,
        commandId: order.commandId,
      });
      expect(await dynamo.get("trades", { pk: "TRADE#BTCUSDT.9" })).to.include({
        makerOrderId: 18,
        takerOrderId: 19,
        quantity: 9,
        price: 5_000_000,
        time: 2009,
      });
    });

    it("take a step of a thousand rows, which no transaction holds, whole", async () => {
      const { open } = await setUp();
      await (await open()).commit(sampleBatch(1, 250));
      const tables = await open();
      expect(await tables.orders({ account: 1 as AccountId, market: BTCUSDT, limit: 999 })).to.have.length(
        250,
      );
      expect(await tables.trades({ market: BTCUSDT, limit: 999 })).to.deep.equal(sampleBatch(1, 250).trades);
    });

    it("have all of a step whose writer ended between its head and its rows, once they are opened again", async () => {
      const { dynamo, open } = await setUp();
      const tables = await open({}, without(dynamo, "put", "orders"));
      const orders = [sampleOrder(1, 5), sampleOrder(2, 5)];
      const failure = await failureOf(tables.commit(batch(5, { orders, trades: [sampleTrade(1, 5)] })));
      expect(failure?.message).to.equal("the task ended");
      const again = await open();
      expect(again.position(SHARD)).to.equal(5);
      expect(await again.orders({ account: 1 as AccountId, market: BTCUSDT, limit: 9 })).to.deep.equal(
        orders,
      );
      expect(await again.trades({ market: BTCUSDT, limit: 9 })).to.deep.equal([sampleTrade(1, 5)]);
    });

    it("end a way back whose writer ended in the middle of it", async () => {
      const { dynamo, open } = await setUp();
      const tables = await open();
      const [kept, gone] = [sampleTrade(1, 5), sampleTrade(2, 9, { branch: FORK })];
      await tables.commit(
        batch(5, { orders: [sampleOrder(1, 5)], trades: [kept], candles: [sampleCandle(0, 1)] }),
      );
      await tables.commit(
        batch(9, {
          branch: FORK,
          orders: [sampleOrder(1, 9, { executed: 3 }), sampleOrder(2, 9)],
          trades: [gone],
          candles: [sampleCandle(0, 2)],
        }),
      );
      const history = [{ branch: BRANCH, firstSeq: 1 as Seq, lastSeq: 6 as Seq }];
      const cut = await open({}, without(dynamo, "removeAll", "trades"));
      expect((await failureOf(cut.rewind(SHARD, history)))?.message).to.equal("the task ended");
      const again = await open();
      await again.commit(batch(7, { orders: [sampleOrder(3, 7)] }));
      expect(await again.orders({ account: 1 as AccountId, market: BTCUSDT, limit: 9 })).to.deep.equal([
        sampleOrder(1, 5),
        sampleOrder(3, 7),
      ]);
      expect(await again.trades({ market: BTCUSDT, limit: 9 })).to.deep.equal([kept]);
      expect(await again.trades({ market: BTCUSDT, state: "superseded", limit: 9 })).to.deep.equal([gone]);
      expect(await again.candles({ market: BTCUSDT, limit: 9 })).to.deep.equal([sampleCandle(0, 1)]);
    });

    it("keep what is newer when an old task still writes its rows, also across a way back", async () => {
      const { dynamo, open } = await setUp();
      const present = await open();
      await present.commit(batch(5, { orders: [sampleOrder(1, 5)] }));
      await present.commit(batch(6, {}));
      let resume = () => {};
      const held = new Promise<void>((resolve) => {
        resume = resolve;
      });
      const old = await open({}, delayed(dynamo, "orders", held));
      const late = old.commit(batch(9, { branch: FORK, orders: [sampleOrder(1, 9, { executed: 3 })] }));
      await eventually(
        async () => (await dynamo.get("steps", { pk: `STAND#${SHARD}`, sk: "HEAD" }))?.seq === 9,
      );
      const now = await open();
      await now.rewind(SHARD, [{ branch: BRANCH, firstSeq: 1 as Seq, lastSeq: 6 as Seq }]);
      resume();
      expect(await failureOf(late), "it is told").to.have.property("name", "AnotherWriter");
      expect(await now.order(1 as OrderId)).to.deep.equal(sampleOrder(1, 5));
    });

    it("forget steps that are final", async () => {
      const { dynamo, open } = await setUp();
      const tables = await open();
      for (let seq = 1; seq <= 60; seq++) await tables.commit({ ...batch(seq, {}), finalSeq: seq - 3 });
      const kept = await dynamo.query("steps", { hash: ["pk", `STAND#${SHARD}`], limit: 1000 });
      expect(kept.length).to.be.lessThan(30);
      const history = [{ branch: BRANCH, firstSeq: 1 as Seq, lastSeq: 58 as Seq }];
      expect(await tables.rewind(SHARD, history), "those that are not stay").to.equal(58);
    });

    it("tell where they stand in a task that only reads them", async () => {
      const { open } = await setUp();
      const reader = await open({ lookEveryMs: 5 });
      expect(reader.stand(SHARD)).to.deep.equal({ branch: ROOT_BRANCH, seq: 0 });
      await (await open()).commit(batch(8, {}));
      await eventually(() => reader.position(SHARD) === 8);
    });

    it("find trades of a time among many, over all stripes of the index", async () => {
      const { open } = await setUp();
      const tables = await open();
      const trades = Array.from({ length: 60 }, (_, at) =>
        sampleTrade(3 * at + 1, 1, { time: 1000 + 10 * Math.floor(at / 3) }),
      );
      await tables.commit(batch(1, { trades }));
      for (const [startTime, endTime] of [
        [1000, 1000],
        [1050, 1080],
        [1055, 1065],
        [1190, 5000],
        [0, 999],
        [2000, 3000],
      ] as const)
        expect(
          await tables.trades({ market: BTCUSDT, startTime, endTime, limit: Number.MAX_SAFE_INTEGER }),
          `${startTime} to ${endTime}`,
        ).to.deep.equal(trades.filter(({ time }) => startTime <= time && time <= endTime));
    });
  });

function batch(seq: number, rows: Partial<ProjectionBatch>): ProjectionBatch {
  const none = { orders: [], orderLists: [], merged: [], trades: [], preventedMatches: [], candles: [] };
  return { shard: SHARD, branch: BRANCH, seq: seq as Seq, finalSeq: 0, ...none, ...rows };
}

/** The same tables for a task that ends where it first does this to a table. */
function without(dynamo: Dynamo, method: "put" | "removeAll", table: string): Dynamo {
  return intercepted(dynamo, method, table, () => Promise.reject(new Error("the task ended")));
}

/** The same tables for a task whose writes to one of them are held up. */
function delayed(dynamo: Dynamo, table: string, until: Promise<void>): Dynamo {
  return intercepted(dynamo, "put", table, () => until);
}

function intercepted(dynamo: Dynamo, method: string, table: string, first: () => Promise<void>): Dynamo {
  return new Proxy(dynamo, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (name === "withPatience")
        return (patienceMs: number) => intercepted(target.withPatience(patienceMs), method, table, first);
      if (typeof value !== "function") return value;
      if (name !== method) return value.bind(target);
      return async (...args: unknown[]) => {
        if (args[0] === table) await first();
        return Reflect.apply(value, target, args);
      };
    },
  });
}
