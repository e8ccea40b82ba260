import type { CommandKind } from "../command.ts";
import { type Event, EXPIRY_REASONS, type Outcome, REJECT_REASONS } from "../event.ts";
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "../order.ts";
import { ByteReader, DecodingError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { bool, list, oneOf, struct, text, uint, union } from "./codec.ts";
import { assetCodec, marketCodec } from "./definition-encoding.ts";

/** Version of the form of an outcome in the journal. */
const VERSION = 1;

const COMMAND_KINDS = [
  "PlaceOrder",
  "CancelOrder",
  "CancelAllOrders",
  "AmendOrder",
  "Deposit",
  "Withdraw",
  "DefineAsset",
  "DefineMarket",
  "Tick",
] as const satisfies readonly CommandKind[];

const event = union<Event>({
  OrderAccepted: {
    tag: 1,
    fields: {
      orderId: uint(),
      account: uint(),
      market: text(),
      clientOrderId: text(),
      side: oneOf(SIDES),
      type: oneOf(ORDER_TYPES),
      timeInForce: oneOf(TIMES_IN_FORCE),
      price: uint(),
      quantity: uint(),
      quoteQuantity: uint(),
      selfTradePrevention: oneOf(SELF_TRADE_PREVENTIONS),
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
  MarketDefined: { tag: 12, fields: { market: marketCodec } },
  CommandRepeated: { tag: 13, fields: { firstSeq: uint() } },
  Misdirected: { tag: 14, fields: { intended: text() } },
  Undecodable: { tag: 15, fields: {} },
});

const outcome = struct<Outcome>({
  shard: text(),
  branch: text(),
  seq: uint(),
  time: uint(),
  commandId: text(),
  events: list(event),
});

/** An outcome as it stands in the journal. */
export function encodeOutcome(value: Outcome): Uint8Array {
  const writer = new ByteWriter(512);
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
