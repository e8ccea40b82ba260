import { expect } from "chai";
import { before, describe, it } from "mocha";
import { startProjector } from "#services/projector/projector.ts";
import { rebuildTables } from "#services/projector/rebuild-tables.ts";
import { ShardTurns } from "#services/projector/shard-turns.ts";
import { openDynamoLeaseTable } from "#shared/adapters/aws/dynamodb/dynamo-lease-table.ts";
import { openDynamoProjections } from "#shared/adapters/aws/dynamodb/dynamo-projections.ts";
import { candleItem, orderItem, tradeItem, tradeKey } from "#shared/adapters/aws/dynamodb/projection-rows.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { BranchId, OrderId, TradeId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { eventually } from "#test/support/eventually.ts";
import {
  appendTo,
  everythingOf,
  FIRST_BRANCH,
  flowOutcomes,
  otherOutcomes,
} from "#test/support/flow-outcomes.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { SHARD } from "./acceptor-contract.ts";
import { dynamoAt, adapters as onDynamo, useServer } from "./dynamodb-adapters.ts";
import { adapters as embedded } from "./embedded-adapters.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";
import { ownDynamoDb } from "./support/own-dynamodb.ts";

const FORK = "eu-west-1.1" as BranchId;
const COMMANDS = 700;
/** Where the tape goes back to. */
const CUT = 500;

type World = Pick<typeof embedded, "makePlace" | "removePlace" | "journal" | "snapshots" | "projections">;

if (isDynamoDbHere())
  describe("the projector on DynamoDB", function () {
    this.timeout(120_000);
    const own = ownDynamoDb();

    before(() => {
      useServer(own.url);
    });

    /** A journal, and tables that a projector writes from it. */
    async function project(world: World) {
      const place = { journal: await world.makePlace(), tables: await world.makePlace() };
      own.onEnd(async () => {
        for (const each of Object.values(place)) await world.removePlace(each);
      });
      const journal = await world.journal.open(place.journal);
      const snapshots = await world.snapshots.open(await world.makePlace());
      const projections = await world.projections.open(place.tables);
      const failures: unknown[] = [];
      const projector = await startProjector({
        ...{ shard: SHARD, journal, snapshots, projections, clock: systemClock() },
        finalSeq: () => CUT - 100,
        onFailure: (error) => void failures.push(error),
      });
      own.onEnd(async () => {
        projector.stop();
        for (const store of [projections, snapshots, journal]) await store.close();
      });
      const reaches = async (seq: number, branch: BranchId) => {
        await eventually(() => {
          const stand = projections.stand(SHARD);
          return failures.length > 0 || (stand.seq === seq && stand.branch === branch);
        });
        expect(failures).to.deep.equal([]);
      };
      return { journal, projections, reaches, place };
    }

    it("gives the rows that it gives on SQLite, forward, and after the tape went back and on with another branch", async () => {
      const first = flowOutcomes(SHARD, SEED, COMMANDS);
      const second = otherOutcomes(SHARD, SEED, COMMANDS, { cut: CUT, branch: FORK });
      const worlds = [await project(onDynamo as unknown as World), await project(embedded)] as const;
      for (const { journal } of worlds) await appendTo(journal, first);
      for (const { reaches } of worlds) await reaches(first.length, FIRST_BRANCH);
      const [here, there] = await Promise.all(worlds.map(({ projections }) => everythingOf(projections)));
      expect(here?.trades.length).to.be.greaterThan(30);
      expect(here).to.deep.equal(there);
      for (const { journal } of worlds) {
        await journal.rewind(CUT);
        await appendTo(journal, second);
      }
      for (const { reaches } of worlds) await reaches(CUT + second.length, FORK);
      const [now, then] = await Promise.all(worlds.map(({ projections }) => everythingOf(projections)));
      expect(now?.superseded.length).to.be.greaterThan(5);
      expect(now).to.deep.equal(then);
    });

    it("makes its tables anew where they are: rows that were lost, changed or made up are as the journal has them, and nobody sees an order as it was before", async () => {
      const outcomes = flowOutcomes(SHARD, SEED, COMMANDS);
      const { journal, projections, reaches, place } = await project(onDynamo as unknown as World);
      await appendTo(journal, outcomes);
      await reaches(outcomes.length, FIRST_BRANCH);
      const right = await everythingOf(projections);
      const dynamo = dynamoAt(place.tables);
      own.onEnd(() => dynamo.close());
      const [order] = right.orders.flat();
      const [lost, changed] = right.trades;
      const [candle] = right.candles;
      assert(
        order !== undefined && lost !== undefined && changed !== undefined && candle !== undefined,
        "there are rows of each kind",
      );
      await dynamo.put("orders", { ...orderItem({ ...order, executed: 123_456 }, 0) });
      await dynamo.put(
        "orders",
        orderItem({ ...order, orderId: 999_999 as OrderId, clientOrderId: "no" }, 0),
      );
      await dynamo.remove("trades", { pk: tradeKey(lost, "live") });
      await dynamo.put("trades", tradeItem({ ...changed, price: 1 }, "live", 0));
      await dynamo.put("trades", tradeItem({ ...changed, tradeId: 999_999 as TradeId }, "live", 0));
      await dynamo.put("candles", candleItem({ ...candle, high: 1 }, outcomes.length + 5, 0));
      expect(await everythingOf(projections)).not.to.deep.equal(right);
      const seen: unknown[] = [];
      let isDone = false;
      // One that was as it was long ago for as long as the first half of the journal is read.
      const early = new Set(
        outcomes
          .slice(0, CUT)
          .flatMap(({ events }) =>
            events.flatMap((event) => (event.kind === "OrderAccepted" ? [event.orderId] : [])),
          ),
      );
      const last = right.orders.flat().findLast(({ orderId, seq }) => early.has(orderId) && seq > CUT);
      assert(last !== undefined && last.orderId !== order.orderId, "another order changed in both halves");
      const reading = (async () => {
        while (!isDone) seen.push(await projections.order(last.orderId));
      })();
      const rebuilt = await rebuildTables({
        shard: SHARD,
        markets: [order.market],
        turns: new ShardTurns({
          leases: openDynamoLeaseTable({ dynamo }),
          clock: systemClock(),
          random: seededRandom(SEED),
        }),
        open: async () => ({
          journal: await onDynamo.journal.open(place.journal),
          projections: await openDynamoProjections({ dynamo, shards: [SHARD] }),
        }),
        clock: systemClock(),
      });
      isDone = true;
      await reading;
      expect(rebuilt).to.deep.equal({ seq: outcomes.length, removed: 2 });
      expect(await everythingOf(projections)).to.deep.equal(right);
      expect(seen.length).to.be.greaterThan(0);
      for (const row of seen) expect(row).to.deep.equal(last);
    });
  });
