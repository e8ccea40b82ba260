import type {
  BalanceState,
  EngineState,
  MarketState,
  RememberedClientOrderId,
  RememberedCommand,
} from "../engine-state.ts";
import type { Market } from "../market.ts";
import { type ByteReader, DecodingError } from "./byte-reader.ts";
import { type Codec, hexId, list, struct, text, uint } from "./codec.ts";
import { firstMarketCodec, marketCodec } from "./definition-encoding.ts";
import { openOrderCodec } from "./order-encoding.ts";
import {
  assetStatesCodec,
  type BranchState,
  branchStateCodec,
  marketHeadFields,
  openOrderListsCodec,
  stateHeadFields,
} from "./state-parts.ts";

type FirstState = Omit<EngineState, keyof BranchState>;

const rememberedCommand = struct<RememberedCommand>({ commandId: hexId(), seq: uint(), time: uint() });

/** All that a snapshot of version 1 holds; `market` is how a market stands in it. */
function firstState(market: Codec<Market>): Codec<FirstState> {
  return struct<FirstState>({
    ...stateHeadFields,
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
const FIRST_BRANCH_STATE: BranchState = {
  epoch: 0,
  provisional: false,
  ended: false,
  transfers: [],
  forks: [],
};

/** Reads what versions 1 and 2 wrote behind their version: everything one after another. Throws `DecodingError` for another version too. */
export function readEarlierState(reader: ByteReader, version: number): EngineState {
  if (version === 1) return { ...version1.read(reader), ...FIRST_BRANCH_STATE };
  if (version !== 2) throw new DecodingError(`unknown snapshot version ${version}`);
  return { ...version2.read(reader), ...branchStateCodec.read(reader) };
}
