import type { Event } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  Seq,
  ShardId,
  TradeId,
} from "#shared/domain/ids.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { eventName } from "#shared/protocol/bus/event-name.ts";
import { type Topic, topicsOf } from "#shared/protocol/bus/topics.ts";

const PLACE = { shard: "crypto-1" as ShardId, branch: "us-east-1.1" as BranchId, index: 0 };

/** A message of an event of its own seq. */
export function messageOf(seq: number, event: Event, changes: Partial<BusMessage> = {}): BusMessage {
  const place = { ...PLACE, seq: seq as Seq, ...changes };
  return {
    shard: place.shard,
    branch: place.branch,
    seq: place.seq,
    index: place.index,
    name: eventName(place),
    topic: topicsOf(event.kind)[0] as Topic,
    group:
      "market" in event && typeof event.market === "string" && event.market !== ""
        ? event.market
        : `shard:${place.shard}`,
    time: 1_700_000_000_000 + seq,
    commandId: seq.toString(16).padStart(32, "0") as CommandId,
    isFinal: true,
    event,
    ...changes,
  };
}

/** Account 1 sells to account 2: 2 lots of 10,000 satoshi at 50,000.00, with a fee of a thousandth. */
export function tradeMessage(seq: number, market = "BTCUSDT", changes: Partial<BusMessage> = {}): BusMessage {
  const event: Event = {
    kind: "Trade",
    market: market as MarketId,
    tradeId: seq as TradeId,
    price: 5_000_000,
    quantity: 2,
    quote: 10_000_000,
    takerSide: "BUY",
    makerOrderId: (2 * seq) as OrderId,
    takerOrderId: (2 * seq + 1) as OrderId,
    makerAccount: 1 as AccountId,
    takerAccount: 2 as AccountId,
    makerFee: 10_000,
    takerFee: 20,
    makerFilled: true,
    takerFilled: true,
  };
  return messageOf(seq, event, {
    amounts: {
      base: market.slice(0, 3) as AssetId,
      baseAmount: 20_000,
      quote: "USDT" as AssetId,
      quoteAmount: 10_000_000,
    },
    ...changes,
  });
}

export function depositMessage(
  seq: number,
  account = 1,
  amount = 1_000_000,
  asset = "USDT",
  changes: Partial<BusMessage> = {},
): BusMessage {
  return messageOf(
    seq,
    { kind: "Deposited", account: account as AccountId, asset: asset as AssetId, amount },
    changes,
  );
}

export function canceledMessage(seq: number, market = "BTCUSDT"): BusMessage {
  return messageOf(seq, {
    kind: "OrderCanceled",
    orderId: seq as OrderId,
    account: 1 as AccountId,
    market: market as MarketId,
  });
}

/** An order that was taken up; which topic tells of it depends on what became of it. */
export function acceptedMessage(seq: number, topic: Topic, market = "BTCUSDT"): BusMessage {
  const event = { kind: "OrderAccepted", orderId: seq, account: 1, market } as unknown as Event;
  return messageOf(seq, event, { topic });
}
