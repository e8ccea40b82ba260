import { COMMAND_KINDS } from "../command.ts";
import type { EncodedEvents } from "../engine.ts";
import {
  type Event,
  EXPIRY_REASONS,
  type MergedOrder,
  ORDER_STAGES,
  type Outcome,
  REJECT_REASONS,
  REPLAY_RESULTS,
} from "../event.ts";
import { TRADING_STATES } from "../market.ts";
import { CONTINGENCIES, SELF_TRADE_PREVENTIONS, SIDES } from "../order.ts";
import { ByteReader, DecodingError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { bool, hexId, list, oneOf, struct, text, uint, union } from "./codec.ts";
import { assetCodec, firstMarketCodec, marketCodec, needsLaterForm } from "./definition-encoding.ts";
import { forkFillsCodec, replayedBalancesCodec } from "./fork-encoding.ts";
import { orderTermsFields } from "./order-encoding.ts";

/** Version of the form of an outcome in the journal. */
const VERSION = 1;

const UNDECODABLE = 15;

const mergedOrder = struct<MergedOrder>({ orderId: uint(), clientOrderId: text() });

/** Memory that is used again: nothing encodes within another encoding. */
const scratch = new ByteWriter(1024);

const event = union<Event>({
  OrderAccepted: {
    tag: 1,
    fields: {
      account: uint(),
      market: text(),
      ...orderTermsFields,
      listId: uint(),
      stage: oneOf(ORDER_STAGES),
    },
  },
  CommandRejected: {
    tag: 2,
    fields: {
      reason: oneOf(REJECT_REASONS),
      command: oneOf(COMMAND_KINDS),
      account: uint(),
      market: text(),
      orderId: uint(),
      clientOrderId: text(),
    },
  },
  Trade: {
    tag: 3,
    fields: {
      market: text(),
      tradeId: uint(),
      price: uint(),
      quantity: uint(),
      quote: uint(),
      takerSide: oneOf(SIDES),
      makerOrderId: uint(),
      takerOrderId: uint(),
      makerAccount: uint(),
      takerAccount: uint(),
      makerFee: uint(),
      takerFee: uint(),
      makerFilled: bool,
      takerFilled: bool,
    },
  },
  OrderCanceled: { tag: 4, fields: { orderId: uint(), account: uint(), market: text() } },
  OrderExpired: {
    tag: 5,
    fields: { orderId: uint(), account: uint(), market: text(), reason: oneOf(EXPIRY_REASONS) },
  },
  OrderAmended: { tag: 6, fields: { orderId: uint(), account: uint(), market: text(), quantity: uint() } },
  Deposited: { tag: 7, fields: { account: uint(), asset: text(), amount: uint() } },
  Withdrawn: { tag: 8, fields: { account: uint(), asset: text(), amount: uint() } },
  BalanceChanged: { tag: 9, fields: { account: uint(), asset: text(), free: uint(), locked: uint() } },
  LevelChanged: {
    tag: 10,
    fields: { market: text(), side: oneOf(SIDES), price: uint(), quantity: uint(), updateId: uint() },
  },
  AssetDefined: { tag: 11, fields: { asset: assetCodec } },
  MarketDefined: {
    tag: 12,
    fields: { market: firstMarketCodec },
    later: { tag: 31, fields: { market: marketCodec }, isFor: needsLaterForm },
  },
  CommandRepeated: { tag: 13, fields: { firstSeq: uint() } },
  Misdirected: { tag: 14, fields: { intended: text() } },
  Undecodable: { tag: UNDECODABLE, fields: {} },
  OrderListAccepted: {
    tag: 16,
    fields: {
      listId: uint(),
      account: uint(),
      market: text(),
      listClientOrderId: text(),
      contingency: oneOf(CONTINGENCIES),
      orders: list(uint()),
    },
  },
  OrderListDone: { tag: 17, fields: { listId: uint(), account: uint(), market: text() } },
  OrderActivated: { tag: 18, fields: { orderId: uint(), account: uint(), market: text() } },
  OrderTriggered: { tag: 19, fields: { orderId: uint(), account: uint(), market: text() } },
  TradePrevented: {
    tag: 20,
    fields: {
      market: text(),
      preventedMatchId: uint(),
      price: uint(),
      mode: oneOf(SELF_TRADE_PREVENTIONS),
      account: uint(),
      takerOrderId: uint(),
      makerOrderId: uint(),
      takerPrevented: uint(),
      makerPrevented: uint(),
    },
  },
  MarketStateChanged: { tag: 21, fields: { market: text(), state: oneOf(TRADING_STATES) } },
  AuctionUncrossed: { tag: 22, fields: { market: text(), price: uint(), quantity: uint() } },
  BranchBegan: { tag: 23, fields: { parent: text(), parentSeq: uint(), epoch: uint(), provisional: bool } },
  BranchEnded: { tag: 24, fields: { successor: text() } },
  TransferredOut: {
    tag: 25,
    fields: { transferId: hexId(), account: uint(), asset: text(), amount: uint(), toShard: text() },
  },
  TransferredIn: {
    tag: 26,
    fields: { transferId: hexId(), account: uint(), asset: text(), amount: uint(), fromShard: text() },
  },
  TransferEnded: { tag: 27, fields: { transferId: hexId() } },
  ForkCommandReplayed: {
    tag: 28,
    fields: {
      fork: text(),
      n: uint(),
      commandId: hexId(),
      command: oneOf(COMMAND_KINDS),
      account: uint(),
      orderId: uint(),
      result: oneOf(REPLAY_RESULTS),
      firstSeq: uint(),
      fills: forkFillsCodec,
    },
  },
  ForkCommandIgnored: { tag: 29, fields: { fork: text(), n: uint(), cursor: uint() } },
  ForkReplayDone: {
    tag: 30,
    fields: { fork: text(), n: uint(), balances: replayedBalancesCodec, last: bool },
  },
  OrdersMerged: {
    tag: 32,
    fields: {
      commandId: hexId(),
      account: uint(),
      market: text(),
      listId: uint(),
      listClientOrderId: text(),
      orders: list(mergedOrder),
    },
  },
});

const outcome = struct<Outcome>({
  shard: text(),
  branch: text(),
  seq: uint(),
  time: uint(),
  commandId: text(),
  events: list(event),
});

/** One event's encoding, as it stands in an outcome. */
export function encodeEventInto(writer: ByteWriter, value: Event): void {
  event.write(writer, value);
}

/** The events of one outcome from their encodings, one after the other, which take the bytes up to `end`. Throws `DecodingError` for anything else. */
export function decodeEvents(bytes: Uint8Array, count: number, end = bytes.length): Event[] {
  const reader = new ByteReader(bytes, 0, end);
  const events: Event[] = [];
  for (let left = count; left > 0; left--) events.push(event.read(reader));
  reader.end();
  return events;
}

/** True for the events of bytes that are no command: they have no id either. */
export function areOfUndecodable({ bytes, count }: EncodedEvents): boolean {
  return count > 0 && bytes[0] === UNDECODABLE;
}

/** An outcome as `encodeOutcome` writes it, of events that are encoded already: equal events have equal bytes. */
export function encodeOutcomeOf(
  { shard, branch, seq, time, commandId }: Omit<Outcome, "events">,
  events: EncodedEvents,
): Uint8Array {
  const writer = scratch.clear();
  writer.byte(VERSION);
  writer.text(shard);
  writer.text(branch);
  writer.uint(seq);
  writer.uint(time);
  writer.text(commandId);
  writer.uint(events.count);
  writer.raw(events.bytes.subarray(0, events.length));
  return writer.finish();
}

/** An outcome as it stands in the journal. */
export function encodeOutcome(value: Outcome): Uint8Array {
  const writer = scratch.clear();
  writer.byte(VERSION);
  outcome.write(writer, value);
  return writer.finish();
}

/** Throws `DecodingError` for anything that `encodeOutcome` did not write. */
export function decodeOutcome(bytes: Uint8Array): Outcome {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== VERSION) throw new DecodingError(`unknown outcome version ${version}`);
  const value = outcome.read(reader);
  reader.end();
  return value;
}
