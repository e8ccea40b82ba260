import { isMarketType } from "#shared/domain/order.ts";
import { accepts, oppositeOf } from "./naive-book.ts";
import { assetPaid, baseOf, costOf, freeOf } from "./naive-money.ts";
import { expirePartner } from "./naive-order-lists.ts";
import { isSelfTrade, prevent } from "./naive-self-trade.ts";
import { trade } from "./naive-trade.ts";
import { isOpen, type NaiveMarket, type NaiveOrder, remaining, type World } from "./naive-world.ts";

/** Why matching ended while something remained. An order that is no longer open has ended otherwise. */
export type Stop = "no-match" | "not-affordable" | "insufficient-balance";

/** Lets a taking order meet the book until nothing remains, nothing matches, or nothing is affordable. */
export function match(world: World, market: NaiveMarket, taker: NaiveOrder): Stop {
  while (isOpen(world, taker)) {
    if (taker.quantity === 0 && quoteLeft(taker) === 0n) return "not-affordable";
    const maker = oppositeOf(world, taker)[0];
    if (maker === undefined || !accepts(taker, maker.price)) return "no-match";
    const wanted = wantedBy(market, taker, maker.price);
    if (isSelfTrade(taker, maker)) {
      if (taker.selfTradePrevention === "DECREMENT" && wanted === 0) return "not-affordable";
      prevent(world, market, taker, maker, wanted);
      continue;
    }
    if (wanted === 0) return "not-affordable";
    const affordable = affordableBy(world, market, taker, maker.price);
    if (affordable === 0) return "insufficient-balance";
    expirePartner(world, maker);
    trade(world, market, taker, maker, maker.price, Math.min(wanted, affordable, maker.visible));
  }
  return "no-match";
}

/** What is left of the quote that a MARKET order by quoteQuantity is to spend or receive. */
function quoteLeft(taker: NaiveOrder): bigint {
  return taker.quoteQuantity - taker.executedQuote - taker.preventedQuote;
}

function wantedBy({ market }: NaiveMarket, taker: NaiveOrder, price: number): number {
  return taker.quantity > 0 ? remaining(taker) : Number(quoteLeft(taker) / costOf(market, price, 1));
}

/** Orders of a market type that were checked when they were placed, long before they work, take no more than their account can pay. */
function affordableBy(world: World, { market }: NaiveMarket, taker: NaiveOrder, price: number): number {
  const wasPlacedBefore = taker.type !== "MARKET" || taker.listId !== 0;
  if (!isMarketType(taker.type) || !wasPlacedBefore) return Number.POSITIVE_INFINITY;
  const free = freeOf(world, taker.account, assetPaid(market, taker.side));
  return Number(free / (taker.side === "BUY" ? costOf(market, price, 1) : baseOf(market, 1)));
}
