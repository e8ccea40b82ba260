import { CANCEL_RESTRICTIONS, type Command, type CommandEnvelope, REPLACE_MODES } from "../command.ts";
import type { CommandId } from "../ids.ts";
import { TRADING_STATES } from "../market.ts";
import { CONTINGENCIES } from "../order.ts";
import { ByteReader, DecodingError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { hexId, list, oneOf, struct, text, uint, union } from "./codec.ts";
import { assetCodec, marketCodec } from "./definition-encoding.ts";
import { orderTermsCodec, orderTermsFields } from "./order-encoding.ts";

/** Version of the form of a command in the log. Readers keep every version that was ever written. */
const VERSION = 1;

const restriction = oneOf(CANCEL_RESTRICTIONS);

const command = union<Command>({
  PlaceOrder: { tag: 1, fields: { account: uint(), market: text(), ...orderTermsFields } },
  CancelOrder: {
    tag: 2,
    fields: { account: uint(), market: text(), orderId: uint(), origClientOrderId: text(), restriction },
  },
  CancelAllOrders: { tag: 3, fields: { account: uint(), market: text() } },
  AmendOrder: {
    tag: 4,
    fields: { account: uint(), market: text(), orderId: uint(), origClientOrderId: text(), quantity: uint() },
  },
  Deposit: { tag: 5, fields: { account: uint(), asset: text(), amount: uint() } },
  Withdraw: { tag: 6, fields: { account: uint(), asset: text(), amount: uint() } },
  DefineAsset: { tag: 7, fields: { asset: assetCodec } },
  DefineMarket: { tag: 8, fields: { market: marketCodec } },
  Tick: { tag: 9, fields: { time: uint() } },
  PlaceOrderList: {
    tag: 10,
    fields: {
      account: uint(),
      market: text(),
      listId: uint(),
      listClientOrderId: text(),
      contingency: oneOf(CONTINGENCIES),
      orders: list(orderTermsCodec),
    },
  },
  CancelOrderList: {
    tag: 11,
    fields: { account: uint(), market: text(), listId: uint(), listClientOrderId: text() },
  },
  ReplaceOrder: {
    tag: 12,
    fields: {
      account: uint(),
      market: text(),
      mode: oneOf(REPLACE_MODES),
      cancelOrderId: uint(),
      cancelOrigClientOrderId: text(),
      restriction,
      order: orderTermsCodec,
    },
  },
  SetMarketState: { tag: 13, fields: { market: text(), state: oneOf(TRADING_STATES) } },
});

const envelope = struct<CommandEnvelope>({
  commandId: hexId(),
  branch: text(),
  validUntil: uint(),
  command,
});

/** A command as it stands in the log. */
export function encodeCommand(value: CommandEnvelope): Uint8Array {
  const writer = new ByteWriter(128);
  writer.byte(VERSION);
  envelope.write(writer, value);
  return writer.finish();
}

/** The id of a command that `decodeCommand` accepts, without decoding the rest. */
export function commandIdOf(bytes: Uint8Array): CommandId {
  return Buffer.from(bytes.buffer, bytes.byteOffset + 1, 16).toString("hex") as CommandId;
}

/** Throws `DecodingError` for anything that `encodeCommand` did not write. */
export function decodeCommand(bytes: Uint8Array): CommandEnvelope {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== VERSION) throw new DecodingError(`unknown command version ${version}`);
  const value = envelope.read(reader);
  reader.end();
  return value;
}
