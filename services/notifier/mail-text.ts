import type { MarketsById } from "#services/serverless-door/door-statuses.ts";
import type { Event } from "#shared/domain/event.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { NoticeContent } from "./notices-of.ts";

/** A trade as its account is told of it (`noticesOf`). */
interface OwnTrade {
  readonly kind: "Trade";
  readonly market: string;
  readonly price: number;
  readonly quantity: number;
  readonly quote: number;
  readonly orderId: number;
  readonly side: "BUY" | "SELL";
  readonly fee: number;
  readonly filled: boolean;
}
type Told = OwnTrade | Exclude<Event, { readonly kind: "Trade" }>;

/** What a mail says of an event: a subject, and lines for a person. Nothing in it lets anybody act for the account. */
export function mailText(
  content: NoticeContent,
  markets: MarketsById,
): { readonly subject: string; readonly lines: readonly string[] } {
  const { subject, lines } = said(content.event as Told, markets, content.kind);
  return {
    subject: `Meridian: ${subject}${content.final ? "" : " (provisional)"}`,
    lines: [
      ...lines,
      "",
      `When: ${new Date(content.time).toISOString()}`,
      `Event: ${content.id}`,
      ...(content.final
        ? []
        : ["It happened in a Region that is cut off from the others, and may be undone."]),
    ],
  };
}

function said(event: Told, markets: MarketsById, kind: string): { subject: string; lines: string[] } {
  switch (event.kind) {
    case "Trade":
      return tradeSaid(event, markets);
    case "OrderAccepted": {
      const { orderId, market, side } = event;
      return {
        subject: `order ${orderId} waits`,
        lines: [`Your ${side} order ${orderId} in ${market} waits in the book.`],
      };
    }
    case "OrderTriggered":
      return orderSaid(event, "was triggered");
    case "OrderAmended":
      return orderSaid(event, "was amended");
    case "OrderCanceled":
      return orderSaid(event, "was canceled");
    case "OrderExpired":
      return orderSaid(event, `has expired (${event.reason})`);
    case "CommandRejected": {
      const what = event.orderId === 0 ? event.command : `order ${event.orderId}`;
      return { subject: `${what} was refused`, lines: [`${what} was refused: ${event.reason}.`] };
    }
    case "Deposited":
    case "Withdrawn": {
      const asset = markets.asset(event.asset);
      const amount =
        asset === undefined ? event.asset : `${formatAmount(asset, event.amount)} ${event.asset}`;
      const what = event.kind === "Deposited" ? "credited" : "withdrawn";
      return {
        subject: `${amount} ${what}`,
        lines: [
          `${amount} ${event.kind === "Deposited" ? "was credited to" : "was withdrawn from"} your account.`,
        ],
      };
    }
    default:
      return { subject: kind, lines: [`${kind}: ${event.kind}`] };
  }
}

function tradeSaid(trade: OwnTrade, markets: MarketsById): { subject: string; lines: string[] } {
  const market = markets.market(trade.market);
  const base = market && markets.asset(market.base);
  const quote = market && markets.asset(market.quote);
  const what = trade.side === "BUY" ? "Bought" : "Sold";
  if (market === undefined || base === undefined || quote === undefined)
    return { subject: `${trade.market}: ${what.toLowerCase()}`, lines: [`${what} in ${trade.market}.`] };
  const quantity = `${formatQuantity(market, base, trade.quantity)} ${base.id}`;
  const price = `${formatPrice(market, trade.price)} ${quote.id}`;
  const fee = trade.side === "BUY" ? formatAmount(base, trade.fee) : formatAmount(quote, trade.fee);
  return {
    subject: `${what.toLowerCase()} ${quantity} at ${price}`,
    lines: [
      `${what} ${quantity} at ${price}, ${formatAmount(quote, trade.quote)} ${quote.id} in all.`,
      `Fee: ${fee} ${trade.side === "BUY" ? base.id : quote.id}`,
      `Order ${trade.orderId} in ${market.id} is ${trade.filled ? "filled" : "partly filled, and goes on"}.`,
    ],
  };
}

function orderSaid(
  { orderId, market }: { readonly orderId: number; readonly market: string },
  what: string,
): { subject: string; lines: string[] } {
  return { subject: `order ${orderId} ${what}`, lines: [`Your order ${orderId} in ${market} ${what}.`] };
}
