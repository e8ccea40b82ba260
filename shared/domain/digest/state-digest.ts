import type {
  AssetState,
  EngineState,
  ForkState,
  MarketState,
  RememberedClientOrderId,
  RememberedCommand,
  TransferState,
} from "../engine-state.ts";
import type { CommandId } from "../ids.ts";
import { PARTITION_POLICIES, TRADING_STATES } from "../market.ts";
import { CONTINGENCIES, type OpenOrder, type OpenOrderList, SELF_TRADE_PREVENTIONS } from "../order.ts";
import { FieldHash, lanesAsHex, textWord } from "./field-hash.ts";
import { hashOrder } from "./order-hash.ts";

/** What kind of thing a hash is of. */
export const TAG = {
  counters: 1,
  asset: 2,
  market: 3,
  balance: 4,
  order: 5,
  list: 6,
  command: 7,
  deposit: 8,
  clientOrderId: 9,
  transfer: 10,
  fork: 11,
} as const;

/**
 * The digest of a state, 16 hex digits: the sum, lane by lane, of the hashes of all things in it. An engine that keeps the sum up to
 * date has its digest at any time for nothing; this computes it anew.
 */
export function digestOfState(state: EngineState): string {
  const hash = new FieldHash();
  let [a, b] = [0, 0];
  const add = () => {
    a = (a + hash.a) | 0;
    b = (b + hash.b) | 0;
  };
  hashCounters(hash, state);
  add();
  for (const asset of state.assets) {
    hashAsset(hash, asset);
    add();
  }
  for (const market of state.markets) {
    hashMarket(hash, market);
    add();
    for (const order of [...market.bids, ...market.asks, ...market.waiting, ...market.pending]) {
      hashOpenOrder(hash, order);
      add();
    }
    for (const list of market.lists) {
      hashList(hash, list);
      add();
    }
  }
  for (const { account, asset, free, locked } of state.balances) {
    hashBalance(hash, account, textWord(asset), free, locked);
    add();
  }
  for (const command of state.commands) {
    hashRemembered(hash, TAG.command, commandWords(command), command.seq, command.time);
    add();
  }
  for (const command of state.deposits) {
    hashRemembered(hash, TAG.deposit, commandWords(command), command.seq, command.time);
    add();
  }
  for (const entry of state.clientOrderIds) {
    hashRememberedClientOrderId(hash, entry);
    add();
  }
  for (const transfer of state.transfers) {
    hashTransfer(hash, transfer);
    add();
  }
  for (const fork of state.forks) {
    hashFork(hash, fork);
    add();
  }
  return lanesAsHex(a, b);
}

/** Whatever is one number of the whole shard. */
export type Counters = Pick<
  EngineState,
  "rulesVersion" | "shard" | "branch" | "epoch" | "provisional" | "ended" | "seq" | "time" | "lastPriority"
>;

export function hashCounters(hash: FieldHash, counters: Counters): void {
  const { rulesVersion, shard, branch, seq, time, lastPriority, epoch, provisional, ended } = counters;
  hash.start(TAG.counters);
  hash.number(0, rulesVersion);
  hash.word(2, textWord(shard));
  hash.word(4, textWord(branch));
  hash.number(3, seq);
  hash.number(4, time);
  hash.number(5, lastPriority);
  hash.number(6, epoch);
  hash.number(7, provisional ? 1 : 0);
  hash.number(8, ended ? 1 : 0);
}

export function hashAsset(hash: FieldHash, { asset, supply }: AssetState): void {
  hash.start(TAG.asset);
  hash.word(0, textWord(asset.id));
  hash.number(1, asset.scale);
  hash.number(2, supply);
}

/** A market's definition and counters, without its orders. */
export function hashMarket(
  hash: FieldHash,
  {
    market,
    state,
    lastTradeId,
    lastUpdateId,
    lastPreventedMatchId,
    lastPrice,
  }: Omit<MarketState, "bids" | "asks" | "waiting" | "pending" | "lists">,
): void {
  hash.start(TAG.market);
  hash.number(0, TRADING_STATES.indexOf(state));
  hash.number(1, lastTradeId);
  hash.number(2, lastUpdateId);
  hash.number(3, lastPreventedMatchId);
  hash.number(4, lastPrice);
  hash.word(10, textWord(market.id));
  hash.word(12, textWord(market.base));
  hash.word(14, textWord(market.quote));
  hash.number(8, market.basePerLot);
  hash.number(9, market.quotePerTickLot);
  hash.number(10, market.priceScale);
  hash.number(11, market.tickUnits);
  hash.number(12, market.minPrice);
  hash.number(13, market.maxPrice);
  hash.number(14, market.minQuantity);
  hash.number(15, market.maxQuantity);
  hash.number(16, market.minNotional);
  hash.number(17, market.maxNotional);
  hash.number(18, market.marketMinQuantity);
  hash.number(19, market.marketMaxQuantity);
  hash.number(20, market.bidMultiplierUp);
  hash.number(21, market.bidMultiplierDown);
  hash.number(22, market.askMultiplierUp);
  hash.number(23, market.askMultiplierDown);
  hash.number(24, market.maxIcebergParts);
  hash.number(25, market.maxOrders);
  hash.number(26, market.maxAlgoOrders);
  hash.number(27, market.maxIcebergOrders);
  hash.number(28, market.maxOrderLists);
  hash.number(29, market.maxPosition);
  hash.number(30, market.minTrailingAboveDelta);
  hash.number(31, market.maxTrailingAboveDelta);
  hash.number(32, market.minTrailingBelowDelta);
  hash.number(33, market.maxTrailingBelowDelta);
  hash.number(34, market.makerFeePpm);
  hash.number(35, market.takerFeePpm);
  hash.number(36, SELF_TRADE_PREVENTIONS.indexOf(market.defaultSelfTradePrevention));
  hash.word(74, textWord(market.allowedSelfTradePrevention.join()));
  hash.number(38, PARTITION_POLICIES.indexOf(market.partitionPolicy));
}

export function hashBalance(
  hash: FieldHash,
  account: number,
  assetWord: number,
  free: number,
  locked: number,
): void {
  hash.start(TAG.balance);
  hash.number(0, account);
  hash.word(2, assetWord);
  hash.number(2, free);
  hash.number(3, locked);
}

function hashOpenOrder(hash: FieldHash, order: OpenOrder): void {
  hash.start(TAG.order);
  hashOrder(hash, order, textWord(order.market), textWord(order.clientOrderId));
}

export function hashList(hash: FieldHash, list: OpenOrderList): void {
  hash.start(TAG.list);
  hash.number(0, list.listId);
  hash.number(1, list.account);
  hash.word(4, textWord(list.market));
  hash.word(6, textWord(list.listClientOrderId));
  hash.number(4, CONTINGENCIES.indexOf(list.contingency));
  hash.number(5, list.time);
  for (const [at, orderId] of list.orders.entries()) hash.number(6 + at, orderId);
}

/** A remembered command or deposit; the id as four little-endian words of its 16 bytes. */
export function hashRemembered(
  hash: FieldHash,
  tag: number,
  words: readonly [number, number, number, number],
  seq: number,
  time: number,
): void {
  hash.start(tag);
  hash.word(0, words[0]);
  hash.word(1, words[1]);
  hash.word(2, words[2]);
  hash.word(3, words[3]);
  hash.number(2, seq);
  hash.number(3, time);
}

function hashRememberedClientOrderId(
  hash: FieldHash,
  { account, clientOrderId, time }: RememberedClientOrderId,
): void {
  hash.start(TAG.clientOrderId);
  hash.number(0, account);
  hash.word(2, textWord(clientOrderId));
  hash.number(2, time);
}

/** A transfer in flight. */
export function hashTransfer(hash: FieldHash, transfer: TransferState): void {
  const words = idWords(transfer.transferId);
  hash.start(TAG.transfer);
  for (const [at, word] of words.entries()) hash.word(at, word);
  hash.number(2, transfer.account);
  hash.word(6, textWord(transfer.asset));
  hash.number(4, transfer.amount);
  hash.word(10, textWord(transfer.toShard));
}

export function hashFork(hash: FieldHash, { fork, cursor, ended }: ForkState): void {
  hash.start(TAG.fork);
  hash.word(0, textWord(fork));
  hash.number(1, cursor);
  hash.number(2, ended ? 1 : 0);
}

function commandWords({ commandId }: RememberedCommand): readonly [number, number, number, number] {
  return idWords(commandId);
}

/** An id as four little-endian words of its 16 bytes. */
function idWords(commandId: CommandId): readonly [number, number, number, number] {
  const word = (at: number) => {
    const digits = commandId.slice(8 * at, 8 * at + 8);
    const bytes = [6, 4, 2, 0].map((from) => digits.slice(from, from + 2)).join("");
    return Number.parseInt(bytes, 16) | 0;
  };
  return [word(0), word(1), word(2), word(3)];
}
