import { match } from "./naive-matching.ts";
import { assetPaid, move } from "./naive-money.ts";
import { marketOf, type NaiveOrder, type World } from "./naive-world.ts";

/** More than any order can need. */
const PLENTY = 10n ** 60n;

/** What matching would execute now: it is really done, on a copy of the world in which the order's account can pay anything. */
export function dryRun(world: World, order: NaiveOrder): { quantity: number; quote: bigint } {
  const taker: NaiveOrder = { ...order, place: "taking" };
  const copy: World = {
    ...world,
    markets: world.markets.map((each) => ({ ...each })),
    balances: world.balances.map((each) => ({ ...each })),
    orders: [
      ...world.orders.filter(({ orderId }) => orderId !== order.orderId).map((each) => ({ ...each })),
      taker,
    ],
    queue: [],
    events: [],
  };
  const market = marketOf(copy, order.market);
  move(copy, order.account, assetPaid(market.market, order.side), PLENTY, 0n);
  match(copy, market, taker);
  return { quantity: taker.executed, quote: taker.executedQuote };
}
