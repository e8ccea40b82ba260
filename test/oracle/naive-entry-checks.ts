import { isAlgo } from "#shared/domain/order.ts";
import { accepts, oppositeOf, wouldCross } from "./naive-book.ts";
import { dryRun } from "./naive-dry-run.ts";
import { assetPaid, baseOf, freeOf, needOf } from "./naive-money.ts";
import { lockPriceOf, reachesStop } from "./naive-triggers.ts";
import { demand, type NaiveMarket, type NaiveOrder, type World } from "./naive-world.ts";

/** Rules 17 to 19 of "PlaceOrder": whether the order may begin to wait or to work, as the market is now. */
export function checkEntry(world: World, market: NaiveMarket, order: NaiveOrder): void {
  const { type, stopPrice, lastPrice } = { ...order, lastPrice: market.lastPrice };
  if (isAlgo(type)) {
    demand(stopPrice > 0 || lastPrice > 0, "no-last-price");
    demand(lastPrice === 0 || !reachesStop(order, lastPrice), "would-trigger");
  }
  demand(type !== "LIMIT_MAKER" || !wouldCross(world, order), "would-take");
  if (market.state === "BREAK" && type === "LIMIT" && order.selfTradePrevention !== "NONE") {
    const meetsOwn = oppositeOf(world, order).some(
      (maker) => maker.account === order.account && accepts(order, maker.price),
    );
    demand(!meetsOwn, "self-trade-in-auction");
  }
}

/** Rule 20. */
export function checkFunds(world: World, market: NaiveMarket, order: NaiveOrder): void {
  const free = freeOf(world, order.account, assetPaid(market.market, order.side));
  demand(mayNeed(world, market, order) <= free, "insufficient-balance");
}

function mayNeed(world: World, market: NaiveMarket, order: NaiveOrder): bigint {
  if (order.type !== "MARKET")
    return needOf(market.market, { ...order, lockPrice: lockPriceOf(market, order) });
  if (order.side === "BUY") return order.quoteQuantity || dryRun(world, order).quote;
  return baseOf(market.market, order.quantity || dryRun(world, order).quantity);
}
