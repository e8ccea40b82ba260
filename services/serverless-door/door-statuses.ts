import type { Asset } from "#shared/domain/asset.ts";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import type { DoorStatus } from "./door-protocol.ts";

/** Ticks and lots as decimals need a market's definition, of which they never change. */
export interface MarketsById {
  market(id: string): Market | undefined;
  asset(id: string): Asset | undefined;
}

/** The status of one order, for whoever of its account waits for it. */
export interface OrderStatus {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly status: Omit<DoorStatus, "orderId">;
}

/** What an event says of orders: *match* (each side's own), *no match* (it waits in the book), *other* (canceled, expired, refused). */
export function doorStatuses(message: BusMessage, markets: MarketsById): OrderStatus[] {
  const { event, topic, name, time, isFinal } = message;
  const status = (
    orderId: OrderId,
    account: AccountId,
    symbol: string,
    content: Pick<DoorStatus, "kind" | "ended"> & Partial<DoorStatus>,
  ): OrderStatus => ({
    orderId,
    account,
    status: { ...content, meridianOrderId: orderId, symbol, event: name, time, final: isFinal },
  });
  switch (event.kind) {
    case "Trade": {
      const market = markets.market(event.market);
      const base = market && markets.asset(market.base);
      const amounts =
        market && base
          ? {
              price: formatPrice(market, event.price),
              quantity: formatQuantity(market, base, event.quantity),
            }
          : {};
      const side = (orderId: OrderId, account: AccountId, ended: boolean) =>
        status(orderId, account, event.market, { kind: "match", ended, ...amounts });
      return [
        side(event.makerOrderId, event.makerAccount, event.makerFilled),
        side(event.takerOrderId, event.takerAccount, event.takerFilled),
      ];
    }
    case "OrderAccepted":
      // What met or ended at once is told of by those events.
      return topic === "unmatched"
        ? [status(event.orderId, event.account, event.market, { kind: "no match", ended: false })]
        : [];
    case "OrderCanceled":
      return [
        status(event.orderId, event.account, event.market, {
          kind: "other",
          ended: true,
          status: "CANCELED",
        }),
      ];
    case "OrderExpired":
      return [
        status(event.orderId, event.account, event.market, {
          kind: "other",
          ended: true,
          status: "EXPIRED",
          reason: event.reason,
        }),
      ];
    case "CommandRejected":
      // Only of a new order: that a cancel was refused ends nothing.
      return event.command === "PlaceOrder" && event.orderId !== 0
        ? [
            status(event.orderId, event.account, event.market, {
              kind: "other",
              ended: true,
              status: "REJECTED",
              reason: event.reason,
            }),
          ]
        : [];
    default:
      return [];
  }
}
