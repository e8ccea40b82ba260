import type { Command, PlaceOrder } from "#shared/domain/command.ts";
import type { AssetId } from "#shared/domain/ids.ts";
import { type Market, notionalOf } from "#shared/domain/market.ts";
import type { OrderTerms } from "#shared/domain/order.ts";
import type { MarketsView } from "../views/region-view.ts";
import { marketOf } from "./command-kinds.ts";

/** What an order needs free of the asset that it pays with, smallest units. */
export interface Need {
  readonly asset: AssetId;
  readonly amount: number;
}

/**
 * What a command that places orders needs (docs/engine-rules.md, rule 20), as the book stands now; `undefined` for other commands. Of a list it is what its
 * first order needs, or the larger of the two of an OCO: the others wait. Of a MARKET order it is an estimate, and the shard decides.
 */
export function needOf(command: Command, view: MarketsView): Need | undefined {
  const orders = ordersOf(command);
  const id = marketOf(command);
  const market = id === undefined ? undefined : view.market(id);
  if (orders.length === 0 || market === undefined) return undefined;
  const [first] = orders;
  const asset = first?.side === "BUY" ? market.quote : market.base;
  return { asset, amount: Math.max(...orders.map((order) => amountOf(order, market, view))) };
}

function ordersOf(command: Command): readonly OrderTerms[] {
  switch (command.kind) {
    case "PlaceOrder":
      return [command];
    case "PlaceOrderList":
      return command.contingency === "OCO" ? command.orders : command.orders.slice(0, 1);
    default:
      return [];
  }
}

type Terms = Pick<PlaceOrder, "side" | "price" | "stopPrice" | "quantity" | "quoteQuantity">;

function amountOf(order: Terms, market: Market, view: MarketsView): number {
  const { side, price, stopPrice, quantity, quoteQuantity } = order;
  if (side === "BUY") {
    if (quoteQuantity > 0) return quoteQuantity;
    const limit = price || stopPrice;
    return limit > 0 ? notionalOf(market, limit, quantity) : costOf(quantity, market, view);
  }
  const lots = quantity || lotsFor(quoteQuantity, market, view);
  return lots * market.basePerLot;
}

const LEVELS = 5000;

/** What so many lots cost in the book; what it does not offer costs nothing. */
function costOf(quantity: number, market: Market, view: MarketsView): number {
  let left = quantity;
  let cost = 0;
  for (const level of view.levels(market.id, "SELL", LEVELS)) {
    if (left === 0) break;
    const lots = Math.min(left, level.quantity);
    cost += notionalOf(market, level.price, lots);
    left -= lots;
  }
  return cost;
}

/** How many lots must be sold to receive so much. */
function lotsFor(quote: number, market: Market, view: MarketsView): number {
  let left = quote;
  let sold = 0;
  for (const level of view.levels(market.id, "BUY", LEVELS)) {
    if (left <= 0) break;
    const lots = Math.min(level.quantity, Math.floor(left / notionalOf(market, level.price, 1)));
    sold += lots;
    left -= notionalOf(market, level.price, lots);
    if (lots < level.quantity) break;
  }
  return sold;
}
