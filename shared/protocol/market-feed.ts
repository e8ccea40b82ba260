import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Side } from "#shared/domain/order.ts";

/** The version of the format: docs/protocol/market-feed.md. Fields are only ever added. */
export const MARKET_FEED_VERSION = 1;

/** Where a message comes from: two with the same name are the same message. */
interface MessageName {
  readonly v: typeof MARKET_FEED_VERSION;
  readonly shard: ShardId;
  readonly branch: BranchId;
  readonly seq: Seq;
  /** The event's place among those of its command. */
  readonly index: number;
  /** The shard's time, epoch ms. */
  readonly time: number;
}

export interface TradeMessage extends MessageName {
  readonly kind: "trade";
  readonly market: string;
  readonly tradeId: number;
  /** In ticks, in lots, and their product in the smallest unit of the quote asset. */
  readonly price: number;
  readonly quantity: number;
  readonly quote: number;
  readonly takerSide: Side;
}

/** A level of a book as it is now. */
export interface LevelMessage extends MessageName {
  readonly kind: "level";
  readonly market: string;
  readonly side: Side;
  readonly price: number;
  /** Lots in all; 0 when the level is gone. */
  readonly quantity: number;
  /** Dense a market: a gap means that something is missing. */
  readonly updateId: number;
}

/** What turns ticks and lots into decimals: price × tickUnits / 10^priceScale; quantity × basePerLot smallest units of the base asset. */
export interface MarketDefinitionMessage extends MessageName {
  readonly kind: "market";
  readonly market: string;
  readonly base: string;
  readonly quote: string;
  readonly basePerLot: number;
  readonly quotePerTickLot: number;
  readonly priceScale: number;
  readonly tickUnits: number;
}

/** The shard's tape went back: what was published of it beyond `toSeq` stands no more, and other messages follow in its place. */
export interface RewindMessage {
  readonly v: typeof MARKET_FEED_VERSION;
  readonly kind: "rewind";
  readonly shard: ShardId;
  readonly toSeq: number;
}

export type MarketMessage = TradeMessage | LevelMessage | MarketDefinitionMessage | RewindMessage;

/** What the market may know of an outcome: no accounts, no orders. */
export function marketMessagesOf({ shard, branch, seq, time, events }: Outcome): readonly MarketMessage[] {
  const messages: MarketMessage[] = [];
  for (const [index, event] of events.entries()) {
    const name = { v: MARKET_FEED_VERSION, shard, branch, seq, index, time } as const;
    if (event.kind === "Trade") {
      const { market, tradeId, price, quantity, quote, takerSide } = event;
      messages.push({ ...name, kind: "trade", market, tradeId, price, quantity, quote, takerSide });
    } else if (event.kind === "LevelChanged") {
      const { market, side, price, quantity, updateId } = event;
      messages.push({ ...name, kind: "level", market, side, price, quantity, updateId });
    } else if (event.kind === "MarketDefined") {
      const { id: market, base, quote, basePerLot, quotePerTickLot, priceScale, tickUnits } = event.market;
      const definition = { market, base, quote, basePerLot, quotePerTickLot, priceScale, tickUnits };
      messages.push({ ...name, kind: "market", ...definition });
    }
  }
  return messages;
}

/** One message a line, as both adapters write them. */
export function marketLineOf(message: MarketMessage): string {
  return `${JSON.stringify(message)}\n`;
}
