import type {
  AssetState,
  BalanceState,
  EngineState,
  ForkState,
  MarketState,
  RememberedClientOrderId,
  RememberedCommand,
  TransferState,
} from "../engine-state.ts";
import { type Market, TRADING_STATES } from "../market.ts";
import { CONTINGENCIES, type OpenOrderList } from "../order.ts";
import { ByteReader, DecodingError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { bool, type Codec, type Fields, hexId, list, oneOf, struct, text, uint } from "./codec.ts";
import { assetCodec, firstMarketCodec, marketCodec } from "./definition-encoding.ts";
import { openOrderCodec } from "./order-encoding.ts";

/** Version of the form of a snapshot. */
export const STATE_VERSION = 2;

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

/** What a market's state begins with: its definition and counters, before its orders. */
export type MarketHead = Omit<MarketState, "bids" | "asks" | "waiting" | "pending" | "lists">;

function marketHeadFields(market: Codec<Market>): Fields<MarketHead> {
  return {
    market,
    state: oneOf(TRADING_STATES),
    lastTradeId: uint(),
    lastUpdateId: uint(),
    lastPreventedMatchId: uint(),
    lastPrice: uint(),
  };
}

export const marketHeadCodec = struct<MarketHead>(marketHeadFields(marketCodec));

/** As it stands in a snapshot of version 1. */
export const firstMarketHeadCodec = struct<MarketHead>(marketHeadFields(firstMarketCodec));

export const openOrderListsCodec = list(openOrderListCodec);

const rememberedCommand = struct<RememberedCommand>({ commandId: hexId(), seq: uint(), time: uint() });

const transfer = struct<TransferState>({
  transferId: hexId(),
  account: uint(),
  asset: text(),
  amount: uint(),
  toShard: text(),
});

const fork = struct<ForkState>({ fork: text(), cursor: uint(), ended: bool });

/** What version 2 added, at the end of a snapshot. */
export const branchStateCodec = struct<BranchState>({
  epoch: uint(),
  provisional: bool,
  ended: bool,
  transfers: list(transfer),
  forks: list(fork),
});
export type BranchState = Pick<EngineState, "epoch" | "provisional" | "ended" | "transfers" | "forks">;
type FirstState = Omit<EngineState, keyof BranchState>;

/** All that a snapshot of version 1 holds; `market` is how a market stands in it. */
function firstState(market: Codec<Market>): Codec<FirstState> {
  return struct<FirstState>({
    ...headFields,
    assets: assetStatesCodec,
    markets: list(
      struct<MarketState>({
        ...marketHeadFields(market),
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
}

const version1 = firstState(firstMarketCodec);
const version2 = firstState(marketCodec);

/** What a snapshot of version 1 does not tell: it knew one branch. */
export const FIRST_BRANCH_STATE: BranchState = {
  epoch: 0,
  provisional: false,
  ended: false,
  transfers: [],
  forks: [],
};

/** A state as the bytes of a snapshot: equal states give equal bytes. */
export function encodeState(value: EngineState): Uint8Array {
  const writer = new ByteWriter(65_536);
  writer.byte(STATE_VERSION);
  version2.write(writer, value);
  branchStateCodec.write(writer, value);
  return writer.finish();
}

/** A state of this version or an earlier one. Throws `DecodingError` for anything that `encodeState` never wrote. */
export function decodeState(bytes: Uint8Array): EngineState {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  const value = version === 1 ? { ...version1.read(reader), ...FIRST_BRANCH_STATE } : read2(reader, version);
  reader.end();
  return value;
}

function read2(reader: ByteReader, version: number): EngineState {
  if (version !== STATE_VERSION) throw new DecodingError(`unknown snapshot version ${version}`);
  return { ...version2.read(reader), ...branchStateCodec.read(reader) };
}
