import type {
  AssetState,
  ForkState,
  MarketState,
  RememberedClientOrderId,
  RememberedCommand,
  TransferState,
} from "#shared/domain/engine-state.ts";
import type { Event, RejectReason } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  MarketId,
  OrderListId,
  Seq,
  ShardId,
} from "#shared/domain/ids.ts";
import type { OpenOrder, OpenOrderList } from "#shared/domain/order.ts";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Where an open order is now. Between commands there are no others than the first three. */
export type Place = "book" | "waiting" | "pending" | "queued" | "taking";

/** An open order; amounts of money are BigInt. */
export interface NaiveOrder extends Mutable<Omit<OpenOrder, "executedQuote" | "locked">> {
  place: Place;
  executedQuote: bigint;
  locked: bigint;
  /** For MARKET orders by quoteQuantity, otherwise 0. */
  readonly quoteQuantity: bigint;
  /** What DECREMENT used up of it. */
  preventedQuote: bigint;
}

export type NaiveMarket = Mutable<Omit<MarketState, "bids" | "asks" | "waiting" | "pending" | "lists">>;

export interface NaiveBalance {
  readonly account: AccountId;
  readonly asset: AssetId;
  free: bigint;
  locked: bigint;
}

/** Whose turn comes when the order before is done: a triggered order, or the pending orders of a list. */
export type Turn =
  | { readonly kind: "triggered"; readonly order: NaiveOrder }
  | { readonly kind: "activated"; readonly listId: OrderListId };

/** All that the naive engine knows: lists that are searched and sorted whenever something is asked. */
export interface World {
  readonly shard: ShardId;
  branch: BranchId;
  epoch: number;
  provisional: boolean;
  ended: boolean;
  seq: Seq;
  time: number;
  lastPriority: number;
  assets: Mutable<AssetState>[];
  markets: NaiveMarket[];
  balances: NaiveBalance[];
  /** All open orders of all markets. */
  orders: NaiveOrder[];
  /** All lists with an open order. */
  lists: OpenOrderList[];
  commands: RememberedCommand[];
  deposits: RememberedCommand[];
  clientOrderIds: RememberedClientOrderId[];
  transfers: TransferState[];
  forks: ForkState[];
  /** True while a part of an order is replayed that the filters let in as a whole. */
  isReplayingPart: boolean;
  queue: Turn[];
  /** What the current command has done so far. */
  events: Event[];
}

/** A refusal travels as an exception: everything before it must have changed nothing. */
export class Refusal {
  readonly reason: RejectReason;
  constructor(reason: RejectReason) {
    this.reason = reason;
  }
}

/** Throws a {@link Refusal} unless the condition holds. */
export function demand(condition: boolean, reason: RejectReason): void {
  if (!condition) throw new Refusal(reason);
}

export function marketOf(world: World, id: MarketId): NaiveMarket {
  const market = world.markets.find((each) => each.market.id === id);
  if (market === undefined) throw new Refusal("unknown-market");
  return market;
}

export function isOpen(world: World, order: NaiveOrder): boolean {
  return world.orders.includes(order);
}

/** Lots that may still be executed. */
export function remaining(order: NaiveOrder): number {
  return order.quantity - order.executed - order.prevented;
}

export function nextPriority(world: World): number {
  world.lastPriority++;
  return world.lastPriority;
}

export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

export function isPositive(value: number): boolean {
  return isCount(value) && value > 0;
}
