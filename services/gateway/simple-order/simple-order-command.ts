import type { PlaceOrder } from "#shared/domain/command.ts";
import type { OrderId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { parsePrice, parseQuantity, type UnitsResult } from "#shared/domain/market-units.ts";
import { ApiError, type ErrorName } from "#shared/protocol/errors.ts";
import type { SimpleOrder } from "#shared/protocol/socket.ts";
import type { Principal } from "../identity/principal.ts";
import type { MarketsView } from "../views/region-view.ts";
import { decimalText } from "./decimal-text.ts";

/**
 * What a simple order asks of the engine: LIMIT GTC at its price, or MARKET without one, in the default market of its coin.
 * Throws `ApiError` that names the field.
 */
export function simpleOrderCommand(
  view: MarketsView,
  principal: Principal,
  order: SimpleOrder,
  orderId: OrderId,
): PlaceOrder {
  if (order.userID !== principal.user) throw new ApiError("WRONG_USER", { field: "userID" });
  const market = defaultMarketOf(view, order.coinID);
  const base = market === undefined ? undefined : view.asset(market.base);
  if (market === undefined || base === undefined) throw new ApiError("INVALID_FIELD", { field: "coinID" });
  const quantity = positive("quantity", "FILTER_LOT_SIZE", order.quantity, (text) =>
    parseQuantity(market, base, text),
  );
  const price =
    order.price === undefined
      ? 0
      : positive("price", "FILTER_PRICE", order.price, (text) => parsePrice(market, text));
  const isMarketOrder = order.price === undefined;
  return {
    kind: "PlaceOrder",
    orderId,
    account: principal.account,
    market: market.id,
    clientOrderId: order.orderId,
    side: order.type,
    type: isMarketOrder ? "MARKET" : "LIMIT",
    timeInForce: isMarketOrder ? "IOC" : "GTC",
    price,
    quantity,
    quoteQuantity: 0,
    stopPrice: 0,
    trailingDelta: 0,
    icebergQuantity: 0,
    goodTillDate: 0,
    selfTradePrevention: market.defaultSelfTradePrevention,
  };
}

/** The first market, in the order of the configuration, in which a coin is what is bought and sold. */
export function defaultMarketOf(view: MarketsView, coin: string): Market | undefined {
  return view.markets().find((market) => market.base === coin);
}

function positive(
  field: "quantity" | "price",
  filter: ErrorName,
  value: number | string,
  parse: (text: string) => UnitsResult,
): number {
  const text = decimalText(value);
  if (text === undefined) throw new ApiError("INVALID_FIELD", { field });
  const result = parse(text);
  if (result.ok && result.units > 0) return result.units;
  if (result.ok || result.error === "malformed") throw new ApiError("INVALID_FIELD", { field });
  throw new ApiError(result.error === "too-precise" ? "BAD_PRECISION" : filter, { field });
}
