import { expect } from "chai";
import { describe, it } from "mocha";
import type { BranchId, CommandId, OrderId, OrderListId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { MergedRow, ProjectionBatch } from "#shared/ports/projections.ts";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";
import { sampleOrder, sampleOrderList } from "./support/sample-rows.ts";

const SHARD = "shard-1" as ShardId;
const [BRANCH, FORK] = ["us-east-1.1", "eu-west-1.1"] as [BranchId, BranchId];

/** What every `Projections` promises of ids that were merged with others (shared/ports/projections.ts). */
export function projectionsMergedContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "projections">,
): void {
  describe(`the tables, of orders that were merged (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.projections.open);

    it("find an order, and a list, also by an id that was merged with its own", async () => {
      const place = await stores.place();
      const tables = await stores.open(place);
      const order = sampleOrder(1, 5);
      const list = sampleOrderList(10, 5);
      const members = list.orders.map((member) =>
        sampleOrder(member.orderId, 5, { ...member, commandId: order.commandId, listId: list.listId }),
      );
      await tables.commit(batch(5, { orders: [order, ...members], orderLists: [list] }));
      const ofList = { clientOrderId: list.listClientOrderId, commandId: order.commandId };
      await tables.commit(batch(6, { merged: [merged(91), { ...merged(92), kind: "list", ...ofList }] }));
      await tables.close();
      const again = await stores.open(place);
      expect(await again.order(91 as OrderId)).to.deep.equal(order);
      expect(await again.orderList(92 as OrderListId)).to.deep.equal(list);
      expect(await again.order(92 as OrderId), "it is a list's").to.equal(undefined);
    });

    it("take a merged id that is told twice within a batch for one", async () => {
      const place = await stores.place();
      const tables = await stores.open(place);
      const order = sampleOrder(1, 5);
      await tables.commit(batch(5, { orders: [order] }));
      await tables.commit(batch(6, { merged: [merged(91), merged(91)] }));
      expect(await tables.order(91 as OrderId)).to.deep.equal(order);
    });

    it("find nothing by it where the command brought nothing, or something of another name or account", async () => {
      const tables = await stores.fresh();
      await tables.commit(
        batch(5, { orders: [sampleOrder(1, 5), sampleOrder(2, 5, { clientOrderId: "c1" })] }),
      );
      const rows = [
        { ...merged(91), clientOrderId: "another" },
        { ...merged(92), account: 2 as MergedRow["account"] },
        { ...merged(93), commandId: "f".repeat(32) as CommandId },
      ];
      await tables.commit(batch(6, { merged: rows }));
      for (const { id } of rows) expect(await tables.order(id as OrderId), String(id)).to.equal(undefined);
      await tables.commit(batch(7, { merged: [merged(94)] }));
      expect((await tables.order(94 as OrderId))?.orderId, "that of the same command").to.equal(1);
    });

    it("find an order by its own id first, whatever was merged", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(5, { orders: [sampleOrder(1, 5), sampleOrder(2, 5)] }));
      await tables.commit(batch(6, { merged: [merged(2)] }));
      expect((await tables.order(2 as OrderId))?.orderId).to.equal(2);
    });

    it("forget what was merged beyond the place to which they go back", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(5, { orders: [sampleOrder(1, 5)] }));
      await tables.commit(batch(6, { merged: [merged(91)] }));
      await tables.commit(
        batch(7, { branch: FORK, merged: [92, 91].map((id) => ({ ...merged(id), seq: 7 as Seq })) }),
      );
      expect((await tables.order(92 as OrderId))?.orderId).to.equal(1);
      await tables.rewind(SHARD, [{ branch: BRANCH, firstSeq: 1 as Seq, lastSeq: 6 as Seq }]);
      expect(await tables.order(92 as OrderId)).to.equal(undefined);
      expect((await tables.order(91 as OrderId))?.orderId, "it was there before").to.equal(1);
    });
  });
}

/** With the order of id 1. */
function merged(id: number): MergedRow {
  const { account, market, clientOrderId, commandId } = sampleOrder(1, 5);
  return { kind: "order", id: id as OrderId, account, market, clientOrderId, commandId, seq: 6 as Seq };
}

function batch(seq: number, rows: Partial<ProjectionBatch>): ProjectionBatch {
  const none = { orders: [], orderLists: [], merged: [], trades: [], preventedMatches: [], candles: [] };
  return { shard: SHARD, branch: BRANCH, seq: seq as Seq, finalSeq: 0, ...none, ...rows };
}
