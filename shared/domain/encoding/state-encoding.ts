import type {
  AssetState,
  BalanceState,
  EngineState,
  MarketState,
  RememberedClientOrderId,
  RememberedCommand,
} from "../engine-state.ts";
import { TRADING_STATES } from "../market.ts";
import { CONTINGENCIES, type OpenOrderList } from "../order.ts";
import { ByteReader, DecodingError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { hexId, list, oneOf, struct, text, uint } from "./codec.ts";
import { assetCodec, marketCodec } from "./definition-encoding.ts";
import { openOrderCodec } from "./order-encoding.ts";

/** Version of the form of a snapshot. */
export const STATE_VERSION = 1;

const openOrderListCodec = struct<OpenOrderList>({
  listId: uint(),
  account: uint(),
  market: text(),
  listClientOrderId: text(),
  contingency: oneOf(CONTINGENCIES),
  orders: list(uint()),
  time: uint(),
});

const headFields = {
  rulesVersion: uint(),
  shard: text<EngineState["shard"]>(),
  branch: text<EngineState["branch"]>(),
  seq: uint<EngineState["seq"]>(),
  time: uint(),
  lastPriority: uint(),
};

/** What a state begins with: one value each. */
export const stateHeadCodec = struct<Pick<EngineState, keyof typeof headFields>>(headFields);

export const assetStatesCodec = list(struct<AssetState>({ asset: assetCodec, supply: uint() }));

const marketHeadFields = {
  market: marketCodec,
  state: oneOf(TRADING_STATES),
  lastTradeId: uint(),
  lastUpdateId: uint(),
  lastPreventedMatchId: uint(),
  lastPrice: uint(),
};

/** What a market's state begins with: its definition and counters, before its orders. */
export const marketHeadCodec = struct<Pick<MarketState, keyof typeof marketHeadFields>>(marketHeadFields);

export const openOrderListsCodec = list(openOrderListCodec);

const rememberedCommand = struct<RememberedCommand>({ commandId: hexId(), seq: uint(), time: uint() });

const state = struct<EngineState>({
  ...headFields,
  assets: assetStatesCodec,
  markets: list(
    struct<MarketState>({
      ...marketHeadFields,
      bids: list(openOrderCodec),
      asks: list(openOrderCodec),
      waiting: list(openOrderCodec),
      pending: list(openOrderCodec),
      lists: openOrderListsCodec,
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
  writer.byte(STATE_VERSION);
  state.write(writer, value);
  return writer.finish();
}

/** Throws `DecodingError` for anything that `encodeState` did not write. */
export function decodeState(bytes: Uint8Array): EngineState {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== STATE_VERSION) throw new DecodingError(`unknown snapshot version ${version}`);
  const value = state.read(reader);
  reader.end();
  return value;
}
