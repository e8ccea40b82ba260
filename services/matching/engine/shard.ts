import { laneA, laneB, lanesAsHex, textWord, withField } from "#shared/domain/digest/field-hash.ts";
import { hashCounters, TAG } from "#shared/domain/digest/state-digest.ts";
import { type BranchId, FEE_ACCOUNT, type Seq, type ShardId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import { Book } from "../book/book.ts";
import { WordText } from "../flat/word-text.ts";
import { Assets } from "./assets.ts";
import { Balances } from "./balances.ts";
import { type Capacity, SMALL_CAPACITY } from "./capacity.ts";
import { ClientOrderIds, LIST_HOLDER } from "./client-order-ids.ts";
import { CommandMemory } from "./command-memory.ts";
import { DigestSum } from "./digest-sum.ts";
import { EventWriter } from "./event-writer.ts";
import { Extras } from "./extras.ts";
import { Forks } from "./forks.ts";
import { GoodTillDates } from "./good-till-dates.ts";
import { MarketState } from "./market-state.ts";
import type { OrderList } from "./order-list.ts";
import { Traders } from "./traders.ts";
import { Transfers } from "./transfers.ts";
import { WorkQueue } from "./work-queue.ts";

/** An account of one market has two balances, and at least as many deposits. */
const BALANCES_OF_ACCOUNT = 2;

/** Fields of the counters' hash: see `hashCounters`. */
const SEQ_FIELD = 3;
const TIME_FIELD = 4;
const LAST_PRIORITY_FIELD = 5;

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
  readonly assets: Assets;
  readonly balances: Balances;
  readonly book: Book;
  readonly extras = new Extras();
  readonly traders: Traders;
  readonly clientOrderIds: ClientOrderIds;
  readonly commands: CommandMemory;
  readonly deposits: CommandMemory;
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

  /** The part of the counters' hash that changes with a branch only, not yet mixed. */
  #fixedCounters = 0;
  readonly #lanes = new Int32Array(2);

  constructor(shard: ShardId, branch: BranchId, capacity: Capacity = SMALL_CAPACITY) {
    this.shard = shard;
    this.branch = branch;
    const { orders, accounts } = capacity;
    this.assets = new Assets(this.digest);
    this.balances = new Balances(this.assets, this.digest, BALANCES_OF_ACCOUNT * accounts);
    this.book = new Book(orders);
    this.traders = new Traders(accounts);
    this.clientOrderIds = new ClientOrderIds(this.digest, capacity.clientOrderIds);
    this.commands = new CommandMemory(TAG.command, this.digest, capacity.commands);
    this.deposits = new CommandMemory(TAG.deposit, this.digest, BALANCES_OF_ACCOUNT * accounts);
    this.#sumFixedCounters();
  }

  /** The branch has changed, or its end has come: what of the digest depends on that is summed anew. */
  branchChanged(): void {
    this.#sumFixedCounters();
  }

  #sumFixedCounters(): void {
    const { shard, branch, epoch, provisional, ended, digest } = this;
    hashCounters(digest.hash, {
      rulesVersion: RULES_VERSION,
      shard,
      branch,
      epoch,
      provisional,
      ended,
      seq: 0 as Seq,
      time: 0,
      lastPriority: 0,
    });
    this.#fixedCounters = digest.hash.sum;
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
    const entry = this.clientOrderIds.find(account, WordText.of(id), textWord(id));
    const holder = entry < 0 ? -1 : this.clientOrderIds.holder(entry);
    if (holder !== LIST_HOLDER) return undefined;
    for (const list of this.lists.values()) {
      if (list.clientOrderId === entry) return list;
    }
    return undefined;
  }

  /** The digest of the whole state, 16 hex digits. */
  digestHex(): string {
    this.writeDigest(this.#lanes);
    return lanesAsHex(this.#lanes[0] as number, this.#lanes[1] as number);
  }

  /** The same as two words. */
  writeDigest(lanes: Int32Array): void {
    // As `hashCounters`; what never changes of it is summed once.
    let sum = withField(this.#fixedCounters, SEQ_FIELD, this.seq);
    sum = withField(sum, TIME_FIELD, this.time);
    sum = withField(sum, LAST_PRIORITY_FIELD, this.lastPriority);
    lanes[0] = this.digest.a + laneA(sum);
    lanes[1] = this.digest.b + laneB(sum);
  }
}
