import type { RewoundMessage } from "#shared/protocol/region-messages.ts";
import type { ExecutionReport } from "#shared/protocol/socket.ts";
import { isUndone } from "./provisional.ts";
import type { FillItem } from "./types.ts";

const FILLS = 300;

/** A fill as GET /api/v3/myTrades lists it. */
export type RestFill = Omit<FillItem, "provisional" | "place" | "verdict">;

export function fillOfRest(fill: RestFill): FillItem {
  return { ...fill, provisional: false };
}

export function fillOfReport(report: ExecutionReport): FillItem {
  const { shard, branch, seq } = report;
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
    provisional: report.provisional,
    place: { shard, branch, seq },
  };
}

/** Names a fill: an account may be on both sides of a trade, and what was undone may bear the number of a trade that stands. */
export function fillKey({ symbol, id, isMaker, verdict, place }: FillItem): string {
  const fork = verdict === undefined ? "" : ` ${verdict} ${place?.branch ?? ""}`;
  return `${symbol} ${id} ${isMaker ? "maker" : "taker"}${fork}`;
}

/** Fills with more of them put in; newest first. What a report told is not overwritten by REST, which does not tell where a fill stands. */
export function withFills(known: readonly FillItem[], more: readonly FillItem[]): FillItem[] {
  const byKey = new Map(known.map((fill) => [fillKey(fill), fill]));
  for (const fill of more) {
    const key = fillKey(fill);
    if (fill.place !== undefined || byKey.get(key)?.orderId !== fill.orderId) byKey.set(key, fill);
  }
  return [...byKey.values()].sort((a, b) => b.time - a.time || b.id - a.id).slice(0, FILLS);
}

/** A shard went back: fills behind that are kept before the user's eyes, as "checking", until the verdict on their fork is known. */
export function rewoundFills(fills: readonly FillItem[], rewound: RewoundMessage): FillItem[] {
  return fills.map((fill) =>
    isUndone(fill, rewound) && fill.verdict === undefined
      ? { ...fill, provisional: true, verdict: "checking" }
      : fill,
  );
}
