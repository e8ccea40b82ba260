import { textWord } from "#shared/domain/digest/field-hash.ts";
import { hashCounters, TAG } from "#shared/domain/digest/state-digest.ts";
import { type BranchId, FEE_ACCOUNT, type Seq, type ShardId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import { Book } from "../book/book.ts";
import { Assets } from "./assets.ts";
import { Balances } from "./balances.ts";
import { ClientOrderIds } from "./client-order-ids.ts";
import { CommandMemory } from "./command-memory.ts";
import { DigestSum } from "./digest-sum.ts";
import { encodedText } from "./encoded-text.ts";
import { EventWriter } from "./event-writer.ts";
import { Extras } from "./extras.ts";
import { Forks } from "./forks.ts";
import { GoodTillDates } from "./good-till-dates.ts";
import { MarketState } from "./market-state.ts";
import type { OrderList } from "./order-list.ts";
import { Traders } from "./traders.ts";
import { Transfers } from "./transfers.ts";
import { WorkQueue } from "./work-queue.ts";

/** Everything that the fold of one shard knows, in flat memory; orders, levels, balances and the rest are named by slots. */
export class Shard {
  readonly shard: ShardId;
  /** The branch that it folds now; changed by BranchStarted alone. */
  branch: BranchId;
  epoch = 0;
  /** True in a fork. */
  provisional = false;
  /** True when only another branch can go on from here. */
  ended = false;
  /** True while a part of a fork's immediate order is replayed, which its filters let in as a whole. */
  isReplayingPart = false;
  seq = 0;
  time = 0;
  lastPriority = 0;
  readonly digest = new DigestSum();
  readonly assets = new Assets(this.digest);
  readonly balances = new Balances(this.assets, this.digest);
  readonly book = new Book();
  readonly extras = new Extras();
  readonly traders = new Traders();
  readonly clientOrderIds = new ClientOrderIds(this.digest);
  readonly commands = new CommandMemory(TAG.command, this.digest);
  readonly deposits = new CommandMemory(TAG.deposit, this.digest);
  /** By number, and by id. */
  readonly markets: MarketState[] = [];
  marketsById: readonly MarketState[] = [];
  readonly lists = new Map<number, OrderList>();
  readonly transfers = new Transfers(this.digest);
  readonly forks = new Forks(this.digest);
  readonly goodTillDates = new GoodTillDates();
  readonly queue = new WorkQueue();
  readonly events = new EventWriter();
  readonly #marketNumbers = new Map<string, number>();
  readonly #feeBalances: number[] = [];

  constructor(shard: ShardId, branch: BranchId) {
    this.shard = shard;
    this.branch = branch;
  }

  /** `undefined` if there is no market with this id. */
  findMarket(id: string): MarketState | undefined {
    return this.markets[this.#marketNumbers.get(id) ?? -1];
  }

  /** A new market; its assets must be known. */
  addMarket(market: Market): MarketState {
    const number = this.markets.length;
    const base = this.assets.find(market.base);
    const quote = this.assets.find(market.quote);
    const state = new MarketState(number, market, base, quote, this.book);
    this.#marketNumbers.set(market.id, number);
    this.markets.push(state);
    this.marketsById = this.markets.toSorted((a, b) => (a.market.id < b.market.id ? -1 : 1));
    return state;
  }

  /** The record of an account in a market, made if it is not there. */
  trader(account: number, market: MarketState): number {
    const found = this.traders.find(account, market.number);
    if (found >= 0) return found;
    const base = this.balances.open(account, market.base);
    const quote = this.balances.open(account, market.quote);
    return this.traders.create(account, market.number, base, quote);
  }

  marketOf(order: number): MarketState {
    return this.markets[this.traders.market(this.book.orders.trader(order))] as MarketState;
  }

  /** The balance that collects fees in an asset. */
  feeBalance(asset: number): number {
    let balance = this.#feeBalances[asset];
    if (balance === undefined) {
      balance = this.balances.open(FEE_ACCOUNT, asset);
      this.#feeBalances[asset] = balance;
    }
    return balance;
  }

  nextPriority(): number {
    this.lastPriority++;
    return this.lastPriority;
  }

  /** The open order list that has this id of an account; `undefined` if there is none. */
  listByClientOrderId(account: number, id: string): OrderList | undefined {
    const entry = this.clientOrderIds.find(account, encodedText(id), textWord(id));
    const holder = entry < 0 ? -1 : this.clientOrderIds.holder(entry);
    if (holder !== LIST_HOLDER) return undefined;
    for (const list of this.lists.values()) {
      if (list.clientOrderId === entry) return list;
    }
    return undefined;
  }

  /** The digest of the whole state. */
  digestHex(): string {
    hashCounters(this.digest.hash, {
      rulesVersion: RULES_VERSION,
      shard: this.shard,
      branch: this.branch,
      epoch: this.epoch,
      provisional: this.provisional,
      ended: this.ended,
      seq: this.seq as Seq,
      time: this.time,
      lastPriority: this.lastPriority,
    });
    return this.digest.withHash();
  }
}

/** What holds a client order id that is a list's: no order has this slot. */
export const LIST_HOLDER = 0x7fffffff;
