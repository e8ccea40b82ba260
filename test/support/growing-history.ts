import { createOrderIds } from "#services/gateway/order-ids.ts";
import type {
  AccountId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  OrderListId,
  Seq,
  ShardId,
} from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { MergedRow, OrderRow, ProjectionBatch, Projections } from "#shared/ports/projections.ts";
import type { Random } from "#shared/ports/random.ts";
import { sampleOrder, sampleOrderList, sampleTrade } from "#test/contract/support/sample-rows.ts";

/** Whose history is read, and somebody whose orders take ids in between. */
export const READER = 1 as AccountId;
const OTHER = 2 as AccountId;
const [BRANCH, FORK] = ["us-east-1.1", "eu-west-1.1"] as [BranchId, BranchId];

export type Kind = "orders" | "trades" | "lists";

type Rows = Pick<ProjectionBatch, "orders" | "orderLists" | "trades" | "merged">;

/**
 * The tables of a shard as a drawn history fills them: orders of two accounts under ids of six gateways in three Regions, ids that were merged with theirs, trades, order lists; and forks, whose rows are taken back. It knows which ids
 * of the reader ought to be there.
 */
export class GrowingHistory {
  readonly #random: Random;
  readonly #tables: Projections;
  readonly #shard: ShardId;
  readonly #market: MarketId;
  readonly #mints: readonly (() => OrderId)[];
  readonly #own: OrderRow[] = [];
  readonly #present = { orders: new Set<number>(), trades: new Set<number>(), lists: new Set<number>() };
  readonly #ever = { orders: new Set<number>(), trades: new Set<number>(), lists: new Set<number>() };
  /** Where the fork that is open began, and what it brought the reader. */
  #fork: { readonly seq: number; readonly brought: { kind: Kind; id: number }[] } | undefined;
  #seq: number;
  #trades = 0;

  /** `afterSeq`: where the shard's tape stands. */
  constructor(
    tables: Projections,
    options: {
      readonly shard: ShardId;
      readonly market: MarketId;
      readonly random: Random;
      readonly afterSeq: number;
    },
  ) {
    this.#tables = tables;
    this.#shard = options.shard;
    this.#market = options.market;
    this.#random = options.random;
    this.#seq = options.afterSeq;
    this.#mints = [0, 1, 2].flatMap((region) => [0, 1].map((node) => mint(region, node)));
  }

  /** The ids of the reader that are there now. */
  present(kind: Kind): ReadonlySet<number> {
    return new Set(this.#present[kind]);
  }

  /** All ids that were ever there. */
  ever(kind: Kind): ReadonlySet<number> {
    return this.#ever[kind];
  }

  /** Something happens. */
  async grow(): Promise<void> {
    const dice = this.#random.below(10);
    if (dice === 0 && this.#fork === undefined) this.#fork = { seq: this.#seq, brought: [] };
    else if (dice === 0 && this.#fork !== undefined) await this.#heal(this.#fork.seq);
    else await this.#write();
  }

  async #write(): Promise<void> {
    const rows = this.#draw();
    this.#seq += 1 + this.#random.below(3);
    const branch = this.#fork === undefined ? BRANCH : FORK;
    const seq = this.#seq as Seq;
    const none = { preventedMatches: [], candles: [], finalSeq: 0 };
    await this.#tables.commit({ shard: this.#shard, branch, seq, ...none, ...rows });
    for (const { orderId, account } of rows.orders) if (account === READER) this.#note("orders", orderId);
    for (const { listId, account } of rows.orderLists) if (account === READER) this.#note("lists", listId);
    for (const { tradeId, makerAccount, takerAccount } of rows.trades)
      if (makerAccount === READER || takerAccount === READER) this.#note("trades", tradeId);
  }

  /** The tape goes back to where the fork began. */
  async #heal(seq: number): Promise<void> {
    await this.#tables.rewind(this.#shard, [{ branch: BRANCH, firstSeq: 1 as Seq, lastSeq: seq as Seq }]);
    for (const { kind, id } of this.#fork?.brought ?? []) {
      this.#present[kind].delete(id);
      if (kind === "trades") this.#trades = Math.min(this.#trades, id - 1);
    }
    const gone = new Set(this.#fork?.brought.map(({ id }) => id));
    for (const order of this.#own.splice(0)) if (!gone.has(order.orderId)) this.#own.push(order);
    this.#fork = undefined;
  }

  #note(kind: Kind, id: number): void {
    this.#present[kind].add(id);
    this.#ever[kind].add(id);
    this.#fork?.brought.push({ kind, id });
  }

  #draw(): Rows {
    const seq = this.#seq + 1;
    const market = this.#market;
    const account = this.#random.below(3) > 0 ? READER : OTHER;
    const none = { orders: [], orderLists: [], trades: [], merged: [] };
    const kind = this.#random.below(4);
    if (kind === 0) {
      const tradeId = ++this.#trades;
      const [makerAccount, takerAccount] = [this.#anyone(), this.#anyone()];
      const branch = this.#fork === undefined ? BRANCH : FORK;
      return {
        ...none,
        trades: [sampleTrade(tradeId, seq, { market, branch, makerAccount, takerAccount })],
      };
    }
    if (kind === 1) {
      const listId = this.#mint() as number as OrderListId;
      return { ...none, orderLists: [sampleOrderList(listId, seq, { market, account })] };
    }
    const orderId = this.#mint();
    const order = sampleOrder(orderId, seq, {
      ...{ market, account, clientOrderId: `c${orderId}`, time: this.#random.below(5000) },
      commandId: orderId.toString(16).padStart(32, "0") as CommandId,
    });
    if (account === READER) this.#own.push(order);
    return { ...none, orders: [order], merged: this.#mergedIds(seq) };
  }

  /** Ids that the reader was told in another Region for orders that it has: often the ones next to the ids of other orders. */
  #mergedIds(seq: number): MergedRow[] {
    const merged: MergedRow[] = [];
    for (let count = this.#random.below(3); count > 0 && this.#own.length > 0; count--) {
      const order = this.#own[this.#random.below(this.#own.length)];
      assert(order !== undefined, "there is an order");
      const { account, market, clientOrderId, commandId } = order;
      const id = this.#mint();
      merged.push({ kind: "order", id, account, market, clientOrderId, commandId, seq: seq as Seq });
    }
    return merged;
  }

  #anyone(): AccountId {
    return this.#random.below(2) === 0 ? READER : OTHER;
  }

  #mint(): OrderId {
    const take = this.#mints[this.#random.below(this.#mints.length)];
    assert(take !== undefined, "there is a gateway");
    return take();
  }
}

function mint(region: number, node: number): () => OrderId {
  let last = 0;
  return createOrderIds({ take: () => ++last }, region, node);
}
