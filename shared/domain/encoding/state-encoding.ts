import type {
  AssetState,
  BalanceState,
  EngineState,
  MarketState,
  RememberedClientOrderId,
  RememberedCommand,
} from "../engine-state.ts";
import { ORDER_TYPES, type RestingOrder, SELF_TRADE_PREVENTIONS, SIDES } from "../order.ts";
import { ByteReader, DecodingError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { hexId, list, oneOf, struct, text, uint } from "./codec.ts";
import { assetCodec, marketCodec } from "./definition-encoding.ts";

/** Version of the form of a snapshot. */
const VERSION = 1;

const restingOrder = struct<RestingOrder>({
  orderId: uint(),
  account: uint(),
  market: text(),
  clientOrderId: text(),
  side: oneOf(SIDES),
  type: oneOf(ORDER_TYPES),
  selfTradePrevention: oneOf(SELF_TRADE_PREVENTIONS),
  price: uint(),
  quantity: uint(),
  executed: uint(),
  executedQuote: uint(),
  time: uint(),
});

const rememberedCommand = struct<RememberedCommand>({ commandId: hexId(), seq: uint(), time: uint() });

const state = struct<EngineState>({
  rulesVersion: uint(),
  shard: text(),
  branch: text(),
  seq: uint(),
  time: uint(),
  assets: list(struct<AssetState>({ asset: assetCodec, supply: uint() })),
  markets: list(
    struct<MarketState>({
      market: marketCodec,
      lastTradeId: uint(),
      lastUpdateId: uint(),
      lastPrice: uint(),
      bids: list(restingOrder),
      asks: list(restingOrder),
    }),
  ),
  balances: list(struct<BalanceState>({ account: uint(), asset: text(), free: uint(), locked: uint() })),
  commands: list(rememberedCommand),
  deposits: list(rememberedCommand),
  clientOrderIds: list(
    struct<RememberedClientOrderId>({ account: uint(), clientOrderId: text(), time: uint() }),
  ),
});

/** A state as the bytes of a snapshot: equal states give equal bytes. */
export function encodeState(value: EngineState): Uint8Array {
  const writer = new ByteWriter(65_536);
  writer.byte(VERSION);
  state.write(writer, value);
  return writer.finish();
}

/** Throws `DecodingError` for anything that `encodeState` did not write. */
export function decodeState(bytes: Uint8Array): EngineState {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== VERSION) throw new DecodingError(`unknown snapshot version ${version}`);
  const value = state.read(reader);
  reader.end();
  return value;
}
