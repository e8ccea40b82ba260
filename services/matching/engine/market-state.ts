import { FieldHash, textWord, withField } from "#shared/domain/digest/field-hash.ts";
import { hashMarket } from "#shared/domain/digest/state-digest.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market, TradingState } from "#shared/domain/market.ts";
import { SELF_TRADE_PREVENTIONS } from "#shared/domain/order.ts";
import type { Book } from "../book/book.ts";
import type { BookSide } from "../book/book-side.ts";
import { WordText } from "../flat/word-text.ts";
import { DepthChanges } from "./depth-changes.ts";
import type { DigestSum } from "./digest-sum.ts";
import { MarketDefinition } from "./market-definition.ts";
import { BUY } from "./terms.ts";
import { TrackingOrders } from "./tracking-orders.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const OWN_BUY = BUY;
const ownWithField = withField;

/** One market: its definition, its counters, the two sides of its book and of its triggers. */
export class MarketState {
  /** Its number in the engine. */
  readonly number: number;
  /** Numbers of its assets. */
  readonly base: number;
  readonly quote: number;
  /** Its id. */
  readonly text: WordText;
  readonly word: number;
  readonly bids: BookSide;
  readonly asks: BookSide;
  /** Algo orders by stop price: those that a rising price sets off (lowest first), and a falling one (highest first). */
  readonly upward: BookSide;
  readonly downward: BookSide;
  /** Trailing orders that track, by side. */
  readonly trackingBuys = new TrackingOrders();
  readonly trackingSells = new TrackingOrders();
  readonly depth: DepthChanges;
  /** Something of it changed in the present command that its levels do not tell. */
  isChanged = false;
  state: TradingState = "TRADING";
  lastTradeId = 0;
  lastUpdateId = 0;
  lastPreventedMatchId = 0;
  /** Ticks; 0 before the first trade. */
  lastPrice = 0;
  #market: MarketDefinition;
  /** One bit each, by their places in their list. */
  #allowedPreventions = 0;
  /** The definition's part of the hash, not yet mixed, and what the market adds to the digest now. */
  readonly #fixed = new FieldHash();
  #hashed = 0;

  constructor(number: number, market: Market, base: number, quote: number, book: Book) {
    this.number = number;
    this.#market = new MarketDefinition(market);
    this.base = base;
    this.quote = quote;
    this.text = WordText.of(market.id);
    this.word = textWord(market.id);
    this.bids = book.createSide("BUY");
    this.asks = book.createSide("SELL");
    this.upward = book.createSide("SELL");
    this.downward = book.createSide("BUY");
    this.depth = new DepthChanges(this, book);
    this.redefine(market);
  }

  get market(): MarketDefinition {
    return this.#market;
  }

  /** `prevention` by its place in its list. */
  allowsPrevention(prevention: number): boolean {
    return ((this.#allowedPreventions >> prevention) & 1) === 1;
  }

  redefine(market: Market): void {
    this.#market = new MarketDefinition(market);
    this.#allowedPreventions = 0;
    for (const prevention of market.allowedSelfTradePrevention) {
      this.#allowedPreventions |= 1 << SELF_TRADE_PREVENTIONS.indexOf(prevention);
    }
    this.#hashDefinition();
  }

  /** Where orders of a side rest, and where they take from. */
  own(side: number): BookSide {
    return side === OWN_BUY ? this.bids : this.asks;
  }

  opposite(side: number): BookSide {
    return side === OWN_BUY ? this.asks : this.bids;
  }

  /** Where a trigger or a start of tracking waits. */
  triggers(upward: boolean): BookSide {
    return upward ? this.upward : this.downward;
  }

  tracking(side: number): TrackingOrders {
    return side === OWN_BUY ? this.trackingBuys : this.trackingSells;
  }

  /** True if the best bid reaches the best ask. */
  isCrossed(book: Book): boolean {
    const ask = this.asks.best;
    return ask >= 0 && this.bids.isCrossedBy(book.levels.price(ask));
  }

  /** Brings its part of the digest up to date. */
  rehash(digest: DigestSum): void {
    let sum = ownWithField(this.#fixed.sum, 0, STATE_NUMBER[this.state]);
    sum = ownWithField(sum, 1, this.lastTradeId);
    sum = ownWithField(sum, 2, this.lastUpdateId);
    sum = ownWithField(sum, 3, this.lastPreventedMatchId);
    sum = ownWithField(sum, 4, this.lastPrice);
    if (this.#hashed !== 0) digest.subtract(this.#hashed);
    digest.add(sum);
    this.#hashed = sum;
  }

  #hashDefinition(): void {
    hashMarket(this.#fixed, {
      market: this.#market,
      state: "TRADING",
      lastTradeId: 0,
      lastUpdateId: 0,
      lastPreventedMatchId: 0,
      lastPrice: 0,
    });
    assert(STATE_NUMBER.TRADING === 0, "the state of the definition's hash adds nothing");
  }
}

/** As their places in TRADING_STATES. */
const STATE_NUMBER = { TRADING: 0, HALT: 1, BREAK: 2, CANCEL_ONLY: 3 } as const satisfies Record<
  TradingState,
  number
>;
