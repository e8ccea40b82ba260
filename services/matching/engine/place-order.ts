import type { PlaceOrder } from "#shared/domain/command.ts";
import type { Event, ExpiryReason } from "#shared/domain/event.ts";
import { FEE_ACCOUNT } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { feeOn, type Market, notionalOf } from "#shared/domain/market.ts";
import { BookOrder } from "./book-order.ts";
import { closeOrder } from "./close-order.ts";
import { dryRun, reaches } from "./dry-run.ts";
import { lockOf } from "./locks.ts";
import type { MarketBook } from "./market-book.ts";
import type { ShardState } from "./shard-state.ts";

/** How far an order has got on its way through the opposite side. */
interface Taker {
  readonly order: PlaceOrder;
  executed: number;
  executedQuote: number;
}

/** Why matching ended. */
type MatchEnd = "done" | "no-more-makers" | "not-affordable" | "self-trade";

/** Takes an order that passed every check: matches it, then rests or expires what is left. */
export function placeOrder(state: ShardState, book: MarketBook, order: PlaceOrder, events: Event[]): void {
  const { kind: _, ...terms } = order;
  events.push({ kind: "OrderAccepted", ...terms });
  const { account, clientOrderId } = order;
  state.memory.rememberClientOrderId({ account, clientOrderId, time: state.time });
  if (order.timeInForce === "FOK" && dryRun(book, order).quantity < order.quantity) {
    events.push(expired(order, "unfilled"));
    return;
  }
  const taker: Taker = { order, executed: 0, executedQuote: 0 };
  const end = match(state, book, taker, events);
  const reason = expiryAfter(taker, end);
  if (reason !== undefined) events.push(expired(order, reason));
  else if (end !== "done") rest(state, book, taker);
}

function match(state: ShardState, book: MarketBook, taker: Taker, events: Event[]): MatchEnd {
  const { order } = taker;
  const side = book.opposite(order.side);
  for (;;) {
    if (order.quantity > 0 && taker.executed === order.quantity) return "done";
    const maker = side.best?.first;
    if (maker === undefined || (order.type !== "MARKET" && !reaches(order, maker.price)))
      return "no-more-makers";
    if (maker.account === order.account && order.selfTradePrevention !== "NONE") {
      if (order.selfTradePrevention !== "EXPIRE_TAKER") {
        closeOrder(state, book, maker);
        events.push(expired(maker, "self-trade"));
      }
      if (order.selfTradePrevention !== "EXPIRE_MAKER") return "self-trade";
      continue;
    }
    const quantity = Math.min(wanted(book.market, taker, maker.price), maker.remaining);
    if (quantity === 0) return "not-affordable";
    trade(state, book, taker, maker, quantity, events);
  }
}

/** How many lots the taker wants at a price. */
function wanted(market: Market, { order, executed, executedQuote }: Taker, price: number): number {
  if (order.quantity > 0) return order.quantity - executed;
  return Math.floor((order.quoteQuantity - executedQuote) / (price * market.quotePerTickLot));
}

function trade(
  state: ShardState,
  book: MarketBook,
  taker: Taker,
  maker: BookOrder,
  quantity: number,
  events: Event[],
): void {
  const { order } = taker;
  const { market } = book;
  const { accounts } = state;
  const price = maker.price;
  const quote = notionalOf(market, price, quantity);
  const base = quantity * market.basePerLot;
  assert(Number.isSafeInteger(quote), "a trade's amount is a safe integer");
  const takerBuys = order.side === "BUY";

  const takerReceives = takerBuys ? base : quote;
  const makerReceives = takerBuys ? quote : base;
  const takerFee = feeOn(takerReceives, market.takerFeePpm);
  const makerFee = feeOn(makerReceives, market.makerFeePpm);
  const takerAsset = takerBuys ? market.base : market.quote;
  const makerAsset = takerBuys ? market.quote : market.base;

  accounts.debit(order.account, makerAsset, takerBuys ? quote : base);
  accounts.spendLocked(maker.account, takerAsset, takerBuys ? base : quote);
  accounts.credit(order.account, takerAsset, takerReceives - takerFee);
  accounts.credit(maker.account, makerAsset, makerReceives - makerFee);
  accounts.credit(FEE_ACCOUNT, takerAsset, takerFee);
  accounts.credit(FEE_ACCOUNT, makerAsset, makerFee);

  book.fill(maker, quantity, quote);
  if (maker.remaining === 0) state.orders.remove(maker);
  taker.executed += quantity;
  taker.executedQuote += quote;
  book.lastPrice = price;
  assert(
    order.quantity === 0 || taker.executed <= order.quantity,
    "no order executes more than its quantity",
  );
  assert(
    order.quoteQuantity === 0 || taker.executedQuote <= order.quoteQuantity,
    "no order spends more than asked",
  );

  events.push({
    kind: "Trade",
    market: market.id,
    tradeId: book.nextTradeId(),
    price,
    quantity,
    quote,
    takerSide: order.side,
    makerOrderId: maker.orderId,
    takerOrderId: order.orderId,
    makerAccount: maker.account,
    takerAccount: order.account,
    makerFee,
    takerFee,
    makerFilled: maker.remaining === 0,
    takerFilled: order.quantity > 0 && taker.executed === order.quantity,
  });
}

/** Why an order that was matched does not stay; `undefined` if it is done or rests. */
function expiryAfter({ order, executed, executedQuote }: Taker, end: MatchEnd): ExpiryReason | undefined {
  if (end === "self-trade") return "self-trade";
  if (order.quoteQuantity > 0) {
    const spent = executed > 0 && (end === "not-affordable" || executedQuote === order.quoteQuantity);
    return spent ? "quote-spent" : "unfilled";
  }
  if (end === "done" || order.timeInForce === "GTC") return undefined;
  return "unfilled";
}

/** Locks what is left and queues it at the back of its level. */
function rest(state: ShardState, book: MarketBook, { order, executed, executedQuote }: Taker): void {
  const { asset, amount } = lockOf(book.market, order.side, order.price, order.quantity - executed);
  state.accounts.lock(order.account, asset, amount);
  const resting = new BookOrder({ ...order, executed, executedQuote, time: state.time });
  book.add(resting);
  state.orders.add(resting);
}

function expired(order: PlaceOrder | BookOrder, reason: ExpiryReason): Event {
  const { orderId, account, market } = order;
  return { kind: "OrderExpired", orderId, account, market, reason };
}
