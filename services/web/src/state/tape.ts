import type { ReconciliationMessage, WireVerdictFill } from "#shared/protocol/reconciliation-messages.ts";
import type { RewoundMessage } from "#shared/protocol/region-messages.ts";
import type { TradeMessage } from "#shared/protocol/socket.ts";
import { isZero } from "../money/decimal.ts";
import { isUndone } from "./provisional.ts";
import type { TapeItem } from "./types.ts";

export const TAPE_LENGTH = 60;

/** A trade as GET /api/v3/trades lists it. */
export interface RestTrade {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
}

export function tapeItemOfRest({ id, price, qty, time, isBuyerMaker }: RestTrade): TapeItem {
  return { id, price, quantity: qty, time, isBuyerMaker, provisional: false };
}

export function tapeItemOfMessage(message: TradeMessage): TapeItem {
  const { tradeId: id, price, quantity, time, isBuyerMaker, provisional, shard, branch, seq } = message;
  return { id, price, quantity, time, isBuyerMaker, provisional, place: { shard, branch, seq } };
}

/** Names a trade: what was undone may bear the number of one that stands. */
export function tapeKey({ id, verdict, place }: TapeItem): string {
  return verdict === undefined ? String(id) : `${id} ${place?.branch ?? ""}`;
}

/** The tape with more trades put in; newest first. What a message told is not overwritten by REST, which does not tell where a trade stands. */
export function withTrades(known: readonly TapeItem[], more: readonly TapeItem[]): TapeItem[] {
  const byKey = new Map(known.map((item) => [tapeKey(item), item]));
  for (const item of more) {
    const key = tapeKey(item);
    if (item.place !== undefined || !byKey.has(key)) byKey.set(key, item);
  }
  return [...byKey.values()].sort((a, b) => b.time - a.time || b.id - a.id).slice(0, TAPE_LENGTH);
}

/** The market went back: trades behind that are kept before the user's eyes, as "checking", until the verdict on their fork is known. What has no place is to be loaded anew. */
export function rewoundTape(tape: readonly TapeItem[], rewound: RewoundMessage): TapeItem[] {
  return tape
    .filter(({ place }) => place !== undefined)
    .map((item) =>
      isUndone(item, rewound) && item.verdict === undefined
        ? { ...item, provisional: true, verdict: "checking" }
        : item,
    );
}

/** The verdict on a fork: what was busted of its trades stays as conflicted. The rest is gone from the tape, for the trades that confirm it stand there by themselves. */
export function judgedTape(
  tape: readonly TapeItem[],
  { shard, fork }: Pick<ReconciliationMessage, "shard" | "fork">,
  trades: readonly Pick<WireVerdictFill, "symbol" | "tradeId" | "conflictedQuantity">[],
  symbol: string,
): TapeItem[] {
  return tape.flatMap((item) => {
    const { verdict, place } = item;
    if (verdict !== "checking" || place?.shard !== shard || place.branch !== fork) return [item];
    const trade = trades.find((each) => each.symbol === symbol && each.tradeId === item.id);
    if (trade === undefined || isZero(trade.conflictedQuantity)) return [];
    return [{ ...item, quantity: trade.conflictedQuantity, provisional: false, verdict: "conflicted" }];
  });
}
