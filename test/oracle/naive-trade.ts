import type { TradeId } from "#shared/domain/ids.ts";
import { showNextPart } from "./naive-book.ts";
import { baseOf, costOf, feeOf, move } from "./naive-money.ts";
import { end } from "./naive-order-lists.ts";
import { setOff } from "./naive-triggers.ts";
import { type NaiveMarket, type NaiveOrder, remaining, type World } from "./naive-world.ts";

/** Two orders meet: money and fees move, the event is told, and what the trade sets off is queued. OCO partners have expired before. */
export function trade(
  world: World,
  market: NaiveMarket,
  taker: NaiveOrder,
  maker: NaiveOrder,
  price: number,
  quantity: number,
): void {
  const { base, quote, makerFeePpm, takerFeePpm, id } = market.market;
  const buyer = taker.side === "BUY" ? taker : maker;
  const seller = taker.side === "BUY" ? maker : taker;
  const amount = baseOf(market.market, quantity);
  const cost = costOf(market.market, price, quantity);
  const buyerFee = feeOf(amount, buyer === maker ? makerFeePpm : takerFeePpm);
  const sellerFee = feeOf(cost, seller === maker ? makerFeePpm : takerFeePpm);
  pay(world, market, buyer, cost, quantity);
  pay(world, market, seller, amount, quantity);
  move(world, buyer.account, base, amount - buyerFee, 0n);
  move(world, seller.account, quote, cost - sellerFee, 0n);
  move(world, 0 as typeof buyer.account, base, buyerFee, 0n);
  move(world, 0 as typeof buyer.account, quote, sellerFee, 0n);
  for (const order of [taker, maker]) {
    order.executed += quantity;
    order.executedQuote += cost;
    if (order.place === "book") order.visible -= quantity;
  }
  market.lastTradeId++;
  market.lastPrice = price;
  const isFilled = (order: NaiveOrder) => order.quantity > 0 && remaining(order) === 0;
  world.events.push({
    kind: "Trade",
    market: id,
    tradeId: market.lastTradeId as TradeId,
    price,
    quantity,
    quote: Number(cost),
    takerSide: taker.side,
    makerOrderId: maker.orderId,
    takerOrderId: taker.orderId,
    makerAccount: maker.account,
    takerAccount: taker.account,
    makerFee: Number(buyer === maker ? buyerFee : sellerFee),
    takerFee: Number(buyer === maker ? sellerFee : buyerFee),
    makerFilled: isFilled(maker),
    takerFilled: isFilled(taker),
  });
  for (const order of [maker, taker]) showNextPart(world, order);
  for (const order of [maker, taker]) if (isFilled(order)) end(world, order, "filled");
  setOff(world, market, price);
}

/** An order in the book pays from what it has locked, and what a buyer locked beyond the price becomes free; a taker pays from what is free. */
function pay(
  world: World,
  { market }: NaiveMarket,
  order: NaiveOrder,
  amount: bigint,
  quantity: number,
): void {
  const asset = order.side === "BUY" ? market.quote : market.base;
  if (order.place !== "book") {
    move(world, order.account, asset, -amount, 0n);
    return;
  }
  const held = order.side === "BUY" ? costOf(market, order.lockPrice, quantity) : amount;
  order.locked -= held;
  move(world, order.account, asset, held - amount, -held);
}
