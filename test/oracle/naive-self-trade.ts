import { showNextPart } from "./naive-book.ts";
import { costOf, needOf, setLock } from "./naive-money.ts";
import { end, expirePartner } from "./naive-order-lists.ts";
import { type NaiveMarket, type NaiveOrder, remaining, type World } from "./naive-world.ts";

export function isSelfTrade(taker: NaiveOrder, maker: NaiveOrder): boolean {
  return taker.account === maker.account && taker.selfTradePrevention !== "NONE";
}

/**
 * Keeps two orders of one account from trading. `wanted` is what the taker wants at the maker's price (more than 0 for DECREMENT). Afterwards the
 * taker is no longer open if its matching has ended.
 */
export function prevent(
  world: World,
  market: NaiveMarket,
  taker: NaiveOrder,
  maker: NaiveOrder,
  wanted: number,
): void {
  const mode = taker.selfTradePrevention;
  if (mode !== "EXPIRE_TAKER") expirePartner(world, maker);
  const decrement = Math.min(wanted, maker.visible);
  const takerRest = taker.quantity === 0 ? 0 : remaining(taker);
  market.lastPreventedMatchId++;
  world.events.push({
    kind: "TradePrevented",
    market: market.market.id,
    preventedMatchId: market.lastPreventedMatchId,
    price: maker.price,
    mode,
    account: taker.account,
    takerOrderId: taker.orderId,
    makerOrderId: maker.orderId,
    takerPrevented: mode === "DECREMENT" ? decrement : mode === "EXPIRE_MAKER" ? 0 : takerRest,
    makerPrevented: mode === "DECREMENT" ? decrement : mode === "EXPIRE_TAKER" ? 0 : remaining(maker),
  });
  if (mode === "DECREMENT") {
    decrementBoth(world, market, taker, maker, decrement);
    return;
  }
  if (mode !== "EXPIRE_TAKER") end(world, maker, "self-trade");
  if (mode !== "EXPIRE_MAKER") end(world, taker, "self-trade");
}

function decrementBoth(
  world: World,
  market: NaiveMarket,
  taker: NaiveOrder,
  maker: NaiveOrder,
  quantity: number,
): void {
  maker.prevented += quantity;
  maker.visible -= quantity;
  setLock(world, maker, needOf(market.market, maker));
  if (taker.quantity > 0) taker.prevented += quantity;
  else taker.preventedQuote += costOf(market.market, maker.price, quantity);
  showNextPart(world, maker);
  if (remaining(maker) === 0) end(world, maker, "self-trade");
  if (taker.quantity > 0 && remaining(taker) === 0) end(world, taker, "self-trade");
}
