import { assert } from "#shared/domain/invariant.ts";
import { feeOn } from "#shared/domain/market.ts";
import { LOOK_AGAIN, STOP, type Taker } from "../book/book.ts";
import { STAGE_TAKING } from "../book/orders.ts";
import { dryRun } from "./dry-run.ts";
import { afterEnd, expirePartner, expireStored } from "./end-order.ts";
import { INSUFFICIENT_BALANCE, QUOTE_SPENT, SELF_TRADE, UNFILLED } from "./expiry.ts";
import type { MarketState } from "./market-state.ts";
import {
  createOrder,
  dropOrder,
  extrasOf,
  joinBook,
  listIdOf,
  lockOrder,
  preventedOf,
  preventionOf,
  rehash,
  remainingOf,
  setLockPrice,
  sideOf,
  timeInForceOf,
  typeOf,
  unitOf,
} from "./open-orders.ts";
import { recordPrevention, type TakerTerms } from "./prevention.ts";
import type { Shard } from "./shard.ts";
import {
  BUY,
  DECREMENT,
  EXPIRE_MAKER,
  EXPIRE_TAKER,
  FOK,
  GTC,
  GTD,
  isMarket,
  NONE,
  type Terms,
} from "./terms.ts";
import { onTradePrice } from "./triggers.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const OWN_BUY = BUY;
const OWN_NONE = NONE;
const ownAssert: typeof assert = assert;
const ownFeeOn = feeOn;

/** Why matching ended, if not because nothing (more) could be met. */
type MatchEnd = "open" | "not-affordable" | "insufficient-balance" | "self-trade";

/**
 * One order on its way through the opposite side: self-trade prevention, fills, fees, and what is left of it (docs/engine-rules.md, "Going to work",
 * "Matching"). One object serves all orders, one after the other.
 */
export class Matching implements Taker, TakerTerms {
  readonly #shard: Shard;
  // Set by whoever takes an order up, before anything reads it.
  #market!: MarketState;
  /** The stored order that works; -1 for a new one that is not stored (yet). */
  #stored = -1;
  #trader = 0;
  #listId = 0;
  #timeInForce = GTC;
  #isMarket = false;
  #paysAsItGoes = false;
  #payingBalance = 0;
  #receivingBalance = 0;
  #executedQuote = 0;
  #end: MatchEnd = "open";
  account = 0;
  orderId = 0;
  side = OWN_BUY;
  mode = OWN_NONE;
  limit = 0;
  remaining = 0;
  quoteQuantity = 0;
  executed = 0;
  prevented = 0;
  /** Quote spent, and used up by self-trade prevention. */
  quoteUsed = 0;

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  /** Takes a new order up, to look (`dryRun`) or to work. */
  load(market: MarketState, trader: number, terms: Terms, listId: number): void {
    this.#stored = -1;
    this.orderId = terms.orderId;
    this.mode = terms.selfTradePrevention;
    this.remaining = terms.quantity;
    this.quoteQuantity = terms.quoteQuantity;
    this.#begin(market, trader, terms.side, terms.type, terms.price, terms.timeInForce, listId);
    this.#paysAsItGoes = false;
  }

  /** Works off a new order that `load` took up: matches it, rests or expires what is left. */
  workNew(terms: Terms, clientOrderId: number): void {
    const market = this.#market;
    if (market.state !== "BREAK" && !this.#run()) return;
    const shard = this.#shard;
    const { orders } = shard.book;
    const order = createOrder(shard, market, this.#trader, terms, this.#listId, clientOrderId, STAGE_TAKING);
    if (orders.extras(order) >= 0) {
      setLockPrice(shard, market, order);
      shard.extras.setWorkingTime(orders.extras(order), shard.time);
    }
    this.#rest(order);
  }

  /** Works off a stored order whose lock was released: matches it, rests or expires what is left. */
  workStored(market: MarketState, order: number): void {
    const shard = this.#shard;
    const { orders } = shard.book;
    orders.setStage(order, STAGE_TAKING);
    shard.extras.setWorkingTime(orders.extras(order), shard.time);
    this.#stored = order;
    this.orderId = orders.orderId(order);
    this.mode = preventionOf(shard, order);
    this.remaining = remainingOf(shard, order);
    this.quoteQuantity = 0;
    const type = typeOf(shard, order);
    const side = sideOf(shard, order);
    this.#begin(
      market,
      orders.trader(order),
      side,
      type,
      orders.price(order),
      timeInForceOf(shard, order),
      listIdOf(shard, order),
    );
    this.#paysAsItGoes = this.#isMarket;
    if (!this.#run()) return;
    setLockPrice(shard, market, order);
    this.#rest(order);
  }

  get market(): MarketState {
    return this.#market;
  }

  #begin(
    market: MarketState,
    trader: number,
    side: number,
    type: number,
    price: number,
    timeInForce: number,
    listId: number,
  ): void {
    const { traders } = this.#shard;
    this.#market = market;
    this.#trader = trader;
    this.#listId = listId;
    this.#timeInForce = timeInForce;
    this.#isMarket = isMarket(type);
    this.#payingBalance = side === OWN_BUY ? traders.quoteBalance(trader) : traders.baseBalance(trader);
    this.#receivingBalance = side === OWN_BUY ? traders.baseBalance(trader) : traders.quoteBalance(trader);
    this.account = traders.account(trader);
    this.side = side;
    this.limit = this.#isMarket ? (side === OWN_BUY ? Number.MAX_SAFE_INTEGER : 0) : price;
    this.executed = 0;
    this.prevented = 0;
    this.quoteUsed = 0;
    this.#executedQuote = 0;
    this.#end = "open";
  }

  /** Matches. True if something is left that rests. */
  #run(): boolean {
    const shard = this.#shard;
    const market = this.#market;
    if (this.#timeInForce === FOK && dryRun(shard, this).quantity < this.remaining) {
      this.#expire(UNFILLED);
      return false;
    }
    shard.book.match(market.opposite(this.side), this.limit, this);
    const reason = this.#expiryReason();
    if (reason >= 0) {
      this.#expire(reason);
      return false;
    }
    if (this.remaining > 0) return true;
    if (this.#stored >= 0) dropOrder(shard, this.#stored);
    return false;
  }

  /** Locks what is left and queues it at the back of its level. */
  #rest(order: number): void {
    const shard = this.#shard;
    const { orders } = shard.book;
    if (this.executed > 0) orders.addExecuted(order, this.executed, this.#executedQuote);
    if (this.prevented > 0) shard.extras.setPrevented(extrasOf(shard, order), this.prevented);
    if (this.side === OWN_BUY) shard.traders.addOpenBuyLots(this.#trader, -this.executed - this.prevented);
    if (orders.extras(order) >= 0) lockOrder(shard, this.#market, order);
    else {
      // At its own price, as most orders.
      const { basePerLot, quotePerTickLot } = this.#market.market;
      const unit = this.side === OWN_BUY ? this.limit * quotePerTickLot : basePerLot;
      shard.balances.lock(this.#payingBalance, this.remaining * unit);
    }
    joinBook(shard, this.#market, order);
  }

  meet(maker: number, level: number, price: number, visible: number): number {
    const shard = this.#shard;
    // Nothing of it remains.
    if (this.quoteQuantity > 0 ? this.quoteUsed === this.quoteQuantity : this.remaining === 0) return STOP;
    if (this.mode !== OWN_NONE && shard.traders.account(shard.book.orders.trader(maker)) === this.account) {
      return this.#prevent(maker, level, price, visible);
    }
    let wanted = this.wanted(price);
    if (wanted === 0) {
      this.#end = "not-affordable";
      return STOP;
    }
    if (this.#paysAsItGoes) {
      const { basePerLot, quotePerTickLot } = this.#market.market;
      const lotCosts = this.side === OWN_BUY ? price * quotePerTickLot : basePerLot;
      wanted = Math.min(wanted, Math.floor(shard.balances.free(this.#payingBalance) / lotCosts));
      if (wanted === 0) {
        this.#end = "insufficient-balance";
        return STOP;
      }
    }
    expirePartner(shard, this.#market, maker);
    this.#market.depth.touch(1 - this.side, level);
    return Math.min(wanted, visible);
  }

  took(maker: number, price: number, quantity: number, emptied: boolean): void {
    const shard = this.#shard;
    const market = this.#market;
    const { orders } = shard.book;
    const { market: definition } = market;
    const { balances, traders } = shard;
    const quote = price * quantity * definition.quotePerTickLot;
    const base = quantity * definition.basePerLot;
    ownAssert(quote <= Number.MAX_SAFE_INTEGER, "a trade's amount is a safe integer");
    const makerTrader = orders.trader(maker);
    const takerBuys = this.side === OWN_BUY;
    const takerReceives = takerBuys ? base : quote;
    const makerReceives = takerBuys ? quote : base;
    const takerFee = ownFeeOn(takerReceives, definition.takerFeePpm);
    const makerFee = ownFeeOn(makerReceives, definition.makerFeePpm);

    balances.debit(this.#payingBalance, makerReceives);
    balances.credit(this.#receivingBalance, takerReceives - takerFee);
    balances.spendLocked(
      takerBuys ? traders.baseBalance(makerTrader) : traders.quoteBalance(makerTrader),
      takerReceives,
    );
    balances.credit(
      takerBuys ? traders.quoteBalance(makerTrader) : traders.baseBalance(makerTrader),
      makerReceives - makerFee,
    );
    balances.credit(shard.feeBalance(takerBuys ? market.base : market.quote), takerFee);
    balances.credit(shard.feeBalance(takerBuys ? market.quote : market.base), makerFee);

    orders.addExecuted(maker, quantity, quote);
    if (!takerBuys) traders.addOpenBuyLots(makerTrader, -quantity);
    this.executed += quantity;
    this.#executedQuote += quote;
    this.quoteUsed += quote;
    const byQuote = this.quoteQuantity > 0;
    if (!byQuote) this.remaining -= quantity;
    ownAssert(this.remaining >= 0, "no order executes more than its quantity");
    ownAssert(!byQuote || this.quoteUsed <= this.quoteQuantity, "no order spends more than asked");

    const makerFilled = emptied && remainingOf(shard, maker) === 0;
    const takerFilled = !byQuote && this.remaining === 0;
    const makerId = orders.orderId(maker);
    market.lastTradeId++;
    shard.events.trade(
      market.text,
      market.lastTradeId,
      price,
      quantity,
      quote,
      this.side,
      makerId,
      this.orderId,
      traders.account(makerTrader),
      this.account,
      makerFee,
      takerFee,
      makerFilled,
      takerFilled,
    );
    const makerList = listIdOf(shard, maker);
    if (makerFilled) dropOrder(shard, maker);
    else if (emptied) joinBook(shard, market, maker);
    else rehash(shard, market, maker);
    if (makerFilled && makerList > 0) afterEnd(shard, market, makerList, makerId, "filled");
    if (takerFilled && this.#listId > 0) afterEnd(shard, market, this.#listId, this.orderId, "filled");
    onTradePrice(shard, market, price);
  }

  /** Lots that it wants at a price, whatever its account can pay. */
  wanted(price: number): number {
    if (this.quoteQuantity === 0) return this.remaining;
    const unit = price * this.#market.market.quotePerTickLot;
    return Math.floor((this.quoteQuantity - this.quoteUsed) / unit);
  }

  /** Keeps it from trading with an order of its own account. */
  #prevent(maker: number, level: number, price: number, visible: number): number {
    const shard = this.#shard;
    const market = this.#market;
    const { mode } = this;
    if (mode === DECREMENT) return this.#decrement(maker, level, price, visible);
    const takerPrevented = mode === EXPIRE_MAKER || this.quoteQuantity > 0 ? 0 : this.remaining;
    if (mode === EXPIRE_TAKER) {
      recordPrevention(shard, this, maker, price, takerPrevented, 0);
      this.#end = "self-trade";
      return STOP;
    }
    expirePartner(shard, market, maker);
    recordPrevention(shard, this, maker, price, takerPrevented, remainingOf(shard, maker));
    expireStored(shard, market, maker, SELF_TRADE);
    if (mode === EXPIRE_MAKER) return LOOK_AGAIN;
    this.#end = "self-trade";
    return STOP;
  }

  #decrement(maker: number, level: number, price: number, visible: number): number {
    const shard = this.#shard;
    const market = this.#market;
    const { book, balances, extras } = shard;
    const quantity = Math.min(this.wanted(price), visible);
    if (quantity === 0) {
      this.#end = "not-affordable";
      return STOP;
    }
    expirePartner(shard, market, maker);
    recordPrevention(shard, this, maker, price, quantity, quantity);
    market.depth.touch(1 - this.side, level);
    book.shrink(maker, quantity);
    const trader = book.orders.trader(maker);
    const makerPays =
      this.side === OWN_BUY ? shard.traders.baseBalance(trader) : shard.traders.quoteBalance(trader);
    balances.unlock(makerPays, quantity * unitOf(shard, market, maker));
    extras.setPrevented(extrasOf(shard, maker), preventedOf(shard, maker) + quantity);
    if (this.side !== OWN_BUY) shard.traders.addOpenBuyLots(trader, -quantity);
    this.prevented += quantity;
    if (this.quoteQuantity > 0) this.quoteUsed += quantity * price * market.market.quotePerTickLot;
    else this.remaining -= quantity;
    if (quantity < visible) rehash(shard, market, maker);
    else if (remainingOf(shard, maker) === 0) expireStored(shard, market, maker, SELF_TRADE);
    else {
      book.leave(market.opposite(this.side), maker);
      joinBook(shard, market, maker);
    }
    if (this.quoteQuantity > 0 || this.remaining > 0) return LOOK_AGAIN;
    this.#end = "self-trade";
    return STOP;
  }

  /** Why it does not stay (a place in EXPIRY_REASONS); -1 if it is filled or rests. */
  #expiryReason(): number {
    if (this.#end === "self-trade") return SELF_TRADE;
    if (this.quoteQuantity > 0) {
      const isSpent = this.#end === "not-affordable" || this.quoteUsed === this.quoteQuantity;
      return this.executed > 0 && isSpent ? QUOTE_SPENT : UNFILLED;
    }
    if (this.remaining === 0) return -1;
    if (this.#end === "insufficient-balance") return INSUFFICIENT_BALANCE;
    const stays = (this.#timeInForce === GTC || this.#timeInForce === GTD) && !this.#isMarket;
    return stays ? -1 : UNFILLED;
  }

  #expire(reason: number): void {
    const shard = this.#shard;
    shard.events.orderExpired(this.orderId, this.account, this.#market.text, reason);
    if (this.#stored >= 0) dropOrder(shard, this.#stored);
    if (this.#listId > 0) afterEnd(shard, this.#market, this.#listId, this.orderId, "expired");
  }
}
