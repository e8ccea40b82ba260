import type { AssetState, EngineState, ForkState, MarketState, TransferState } from "../engine-state.ts";
import { type Market, TRADING_STATES } from "../market.ts";
import { CONTINGENCIES, type OpenOrderList } from "../order.ts";
import { bool, type Codec, type Fields, hexId, list, oneOf, struct, text, uint } from "./codec.ts";
import { assetCodec, marketCodec } from "./definition-encoding.ts";

// The parts of a snapshot of which there are few, so that they stand in it one after another, in every version.

const openOrderListCodec = struct<OpenOrderList>({
  listId: uint(),
  account: uint(),
  market: text(),
  listClientOrderId: text(),
  contingency: oneOf(CONTINGENCIES),
  orders: list(uint()),
  time: uint(),
});

export const stateHeadFields = {
  rulesVersion: uint(),
  shard: text<EngineState["shard"]>(),
  branch: text<EngineState["branch"]>(),
  seq: uint<EngineState["seq"]>(),
  time: uint(),
  lastPriority: uint(),
};

/** What a state begins with: one value each. */
export const stateHeadCodec = struct<Pick<EngineState, keyof typeof stateHeadFields>>(stateHeadFields);

export const assetStatesCodec = list(struct<AssetState>({ asset: assetCodec, supply: uint() }));

/** What a market's state begins with: its definition and counters, before its orders. */
export type MarketHead = Omit<MarketState, "bids" | "asks" | "waiting" | "pending" | "lists">;

export function marketHeadFields(market: Codec<Market>): Fields<MarketHead> {
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

export const openOrderListsCodec = list(openOrderListCodec);

const transfer = struct<TransferState>({
  transferId: hexId(),
  account: uint(),
  asset: text(),
  amount: uint(),
  toShard: text(),
});

const fork = struct<ForkState>({ fork: text(), cursor: uint(), ended: bool });

/** What a snapshot ends with. */
export const branchStateCodec = struct<BranchState>({
  epoch: uint(),
  provisional: bool,
  ended: bool,
  transfers: list(transfer),
  forks: list(fork),
});
export type BranchState = Pick<EngineState, "epoch" | "provisional" | "ended" | "transfers" | "forks">;
