import type { ExecutionReport } from "#shared/protocol/socket.ts";
import type { FillItem } from "./types.ts";

const FILLS = 300;

export function fillOfReport(report: ExecutionReport): FillItem {
  return {
    symbol: report.symbol,
    id: report.tradeId,
    orderId: report.orderId,
    price: report.lastExecutedPrice,
    qty: report.lastExecutedQuantity,
    quoteQty: report.lastQuoteQuantity,
    commission: report.commissionAmount,
    commissionAsset: report.commissionAsset ?? "",
    time: report.transactionTime,
    isBuyer: report.side === "BUY",
    isMaker: report.isMaker,
  };
}

/** Names a fill: an account may be on both sides of a trade. */
export function fillKey({ symbol, id, isMaker }: FillItem): string {
  return `${symbol} ${id} ${isMaker ? "maker" : "taker"}`;
}

/** Fills with more of them put in; newest first. */
export function withFills(known: readonly FillItem[], more: readonly FillItem[]): FillItem[] {
  const byKey = new Map(known.map((fill) => [fillKey(fill), fill]));
  for (const fill of more) byKey.set(fillKey(fill), fill);
  return [...byKey.values()].sort((a, b) => b.time - a.time || b.id - a.id).slice(0, FILLS);
}
