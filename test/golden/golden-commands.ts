import type {
  Command,
  CommandEnvelope,
  ForkCommand,
  ForkFill,
  PlaceOrder,
  PlaceOrderList,
  ReplayableCommand,
} from "#shared/domain/command.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  OrderListId,
  RegionId,
  Seq,
  ShardId,
  TradeId,
} from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { OrderTerms } from "#shared/domain/order.ts";

export const GOLDEN_SHARD = "shard-1" as ShardId;
export const GOLDEN_BRANCH = "us-east-1.1" as BranchId;
const MARKET = "BTCUSDT" as MarketId;
const [ALICE, BOB] = [1 as AccountId, 2 as AccountId];
/** The id of the first transfer: that of its command, the 53rd of the stream. */
const GOLDEN_TRANSFER = (53).toString(16).padStart(32, "0") as CommandId;
const START = 1_700_000_000_000;

const market: Market = {
  id: MARKET,
  base: "BTC" as AssetId,
  quote: "USDT" as AssetId,
  basePerLot: 10_000,
  quotePerTickLot: 1,
  priceScale: 2,
  tickUnits: 1,
  minPrice: 1,
  maxPrice: 100_000_000,
  minQuantity: 1,
  maxQuantity: 90_000_000,
  minNotional: 5_000_000,
  maxNotional: 9_000_000_000_000,
  marketMinQuantity: 1,
  marketMaxQuantity: 80_000_000,
  bidMultiplierUp: 20_000,
  bidMultiplierDown: 2_000,
  askMultiplierUp: 50_000,
  askMultiplierDown: 5_000,
  maxIcebergParts: 10,
  maxOrders: 200,
  maxAlgoOrders: 6,
  maxIcebergOrders: 10,
  maxOrderLists: 20,
  maxPosition: 1_000_000_000_000,
  minTrailingAboveDelta: 10,
  maxTrailingAboveDelta: 2_000,
  minTrailingBelowDelta: 10,
  maxTrailingBelowDelta: 2_000,
  makerFeePpm: 1000,
  takerFeePpm: 1000,
  defaultSelfTradePrevention: "EXPIRE_MAKER",
  allowedSelfTradePrevention: ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
  partitionPolicy: "match-locally",
};

/** A short day of a shard with every kind of command and of event; `null` stands for bytes that are no command. */
export function goldenCommands(): (CommandEnvelope | null)[] {
  let count = 0;
  const envelope = (command: Command, changes: Partial<CommandEnvelope> = {}): CommandEnvelope => ({
    commandId: (++count).toString(16).padStart(32, "0") as CommandId,
    branch: GOLDEN_BRANCH,
    validUntil: 0,
    command,
    ...changes,
  });
  const commands: Command[] = [
    { kind: "Tick", time: START },
    { kind: "DefineAsset", asset: { id: "BTC" as AssetId, scale: 8 } },
    { kind: "DefineAsset", asset: { id: "USDT" as AssetId, scale: 6 } },
    { kind: "DefineMarket", market },
    { kind: "Deposit", account: ALICE, asset: "USDT" as AssetId, amount: 1_000_000_000_000 },
    { kind: "Deposit", account: BOB, asset: "BTC" as AssetId, amount: 1_000_000_000 },
    { kind: "Withdraw", account: ALICE, asset: "USDT" as AssetId, amount: 1 },
    place(1, ALICE, "BUY", 5_000_000, 20),
    place(2, ALICE, "BUY", 5_000_100, 30),
    place(3, BOB, "SELL", 5_000_000, 35),
    place(4, BOB, "SELL", 5_000_200, 50, { timeInForce: "IOC" }),
    place(5, BOB, "SELL", 5_000_200, 50, { type: "LIMIT_MAKER" }),
    place(6, ALICE, "BUY", 5_000_200, 500, { timeInForce: "FOK" }),
    place(7, ALICE, "BUY", 0, 0, { type: "MARKET", timeInForce: "IOC", quoteQuantity: 100_000_001 }),
    place(8, BOB, "BUY", 5_000_300, 10, { selfTradePrevention: "EXPIRE_BOTH" }),
    place(9, ALICE, "BUY", 99, 1),
    {
      kind: "AmendOrder",
      account: ALICE,
      market: MARKET,
      orderId: 1 as OrderId,
      origClientOrderId: "",
      quantity: 16,
    },
    {
      kind: "CancelOrder",
      account: ALICE,
      market: MARKET,
      orderId: 0,
      origClientOrderId: "order-1",
      restriction: "ONLY_NEW",
    },
    {
      kind: "CancelOrder",
      account: ALICE,
      market: MARKET,
      orderId: 1 as OrderId,
      origClientOrderId: "",
      restriction: "ONLY_PARTIALLY_FILLED",
    },
    place(10, BOB, "SELL", 6_000_000, 10),
    { kind: "CancelAllOrders", account: BOB, market: MARKET },
    { kind: "CancelAllOrders", account: BOB, market: MARKET },
    { kind: "Tick", time: START + 50 },
    ...stopsAndIcebergs(),
    ...lists(),
    ...auction(),
    { kind: "Tick", time: START + 2000 },
    ...whatStays(),
    ...transfers(),
  ];
  const stream: (CommandEnvelope | null)[] = commands.map((command) => envelope(command));
  const repeated = stream[7] ?? null;
  stream.push(repeated, null);
  stream.push(envelope({ kind: "Tick", time: 1 }, { branch: "eu-west-1.2" as BranchId }));
  stream.push(envelope(place(15, ALICE, "BUY", 5_000_000, 10), { validUntil: START }));
  for (const command of replays()) stream.push(envelope(command));
  // Over to a reign, to a fork of it, and beyond its end.
  const [reign, fork] = ["eu-west-1.3" as BranchId, "eu-west-1.4" as BranchId];
  const starts = (branch: BranchId, parent: BranchId, epoch: number, provisional: boolean) => {
    const parentSeq = stream.length as Seq;
    return envelope({ kind: "BranchStarted", branch, parent, parentSeq, epoch, provisional }, { branch });
  };
  stream.push(envelope({ kind: "EpochEnded", epoch: 0, successor: "eu-west-1" as RegionId }));
  stream.push(envelope({ kind: "Tick", time: START + 3000 }));
  stream.push(starts(reign, GOLDEN_BRANCH, 1, false));
  stream.push(starts(fork, reign, 1, true));
  for (const command of inFork()) stream.push(envelope(command, { branch: fork }));
  stream.push(envelope({ kind: "ForkSealed", fork }, { branch: fork }));
  stream.push(envelope({ kind: "CancelAllOrders", account: ALICE, market: MARKET }, { branch: fork }));
  return stream;
}

/** To another shard, and from it: an asset that is new here, and one that is not. */
function transfers(): Command[] {
  const [asset, other] = ["USDT" as AssetId, "ETH" as AssetId];
  const transferId = (digit: string) => digit.repeat(32) as CommandId;
  const fromShard = "shard-2" as ShardId;
  const first = {
    kind: "TransferOut",
    account: ALICE,
    asset,
    amount: 5_000_000,
    toShard: fromShard,
  } as const;
  return [
    first,
    { ...first, amount: 6_000_000 },
    {
      kind: "TransferIn",
      transferId: transferId("a"),
      account: BOB,
      asset: other,
      scale: 8,
      amount: 7,
      fromShard,
    },
    { kind: "TransferIn", transferId: transferId("b"), account: BOB, asset, scale: 6, amount: 8, fromShard },
    { kind: "TransferSettled", transferId: GOLDEN_TRANSFER },
    { kind: "TransferSettled", transferId: GOLDEN_TRANSFER },
  ];
}

/** A fork whose commands come one by one, some twice: as they were, at once, not at all, and known already. */
function replays(): Command[] {
  const fork = "ap-northeast-1.7" as BranchId;
  const fills: ForkFill[] = [
    {
      market: MARKET,
      tradeId: 12 as TradeId,
      price: 4_100_000,
      quantity: 3,
      quote: 12_300_000,
      takerSide: "SELL",
      makerOrderId: 61 as OrderId,
      takerOrderId: 71 as OrderId,
      makerAccount: ALICE,
      takerAccount: BOB,
      makerFee: 30,
      takerFee: 12_300,
    },
  ];
  const command = (n: number, inner: ReplayableCommand, changes: Partial<ForkCommand> = {}): ForkCommand => ({
    kind: "ForkCommand",
    fork,
    n,
    commandId: `f0${n}`.padEnd(32, "f") as CommandId,
    command: inner,
    mode: "as-was",
    price: 0,
    quantity: 0,
    fills: [],
    ...changes,
  });
  const selling = place(71, BOB, "SELL", 0, 10, { type: "MARKET", timeInForce: "IOC" });
  const balances = [{ account: BOB, asset: "BTC" as AssetId, free: 5, locked: 0 }];
  return [
    command(1, place(70, ALICE, "BUY", 4_050_000, 10)),
    command(2, selling, { mode: "immediate", price: 4_100_000, quantity: 3, fills }),
    command(2, selling, { mode: "immediate", price: 4_100_000, quantity: 3, fills }),
    command(3, place(72, BOB, "SELL", 0, 1, { type: "MARKET", timeInForce: "IOC" }), { mode: "skip" }),
    command(4, selling, { commandId: `f02${"f".repeat(29)}` as CommandId }),
    command(5, place(73, ALICE, "BUY", 1, 1)),
    command(6, { kind: "Deposit", account: ALICE, asset: "BTC" as AssetId, amount: 9 }),
    { kind: "ForkReplayEnded", fork, n: 7, balances, last: false },
    { kind: "ForkReplayEnded", fork, n: 8, balances: [], last: true },
    { kind: "ForkReplayEnded", fork, n: 9, balances: [], last: true },
    { kind: "DefineMarket", market: { ...market, partitionPolicy: "halt" } },
  ];
}

/** What a fork refuses, and what it does. */
function inFork(): Command[] {
  return [
    { kind: "Deposit", account: ALICE, asset: "USDT" as AssetId, amount: 1 },
    place(80, ALICE, "BUY", 4_000_000, 10),
    { kind: "Tick", time: START + 4000 },
  ];
}

/** Around a last price of 50,001: what waits for it to move, and what shows a part of itself. */
function stopsAndIcebergs(): Command[] {
  return [
    place(20, ALICE, "BUY", 5_000_000, 40, { icebergQuantity: 10 }),
    place(21, BOB, "SELL", 0, 5, { type: "STOP_LOSS", timeInForce: "IOC", stopPrice: 5_000_000 }),
    place(22, BOB, "SELL", 5_100_000, 6, { type: "TAKE_PROFIT_LIMIT", stopPrice: 5_100_000 }),
    place(23, BOB, "SELL", 0, 4, {
      type: "STOP_LOSS",
      timeInForce: "IOC",
      trailingDelta: 100,
      stopPrice: 5_000_050,
    }),
    place(24, BOB, "SELL", 5_000_000, 12),
    {
      kind: "ReplaceOrder",
      account: BOB,
      market: MARKET,
      mode: "STOP_ON_FAILURE",
      cancelOrderId: 22 as OrderId,
      cancelOrigClientOrderId: "",
      restriction: "NONE",
      order: terms(25, "SELL", 5_450_000, 7, { timeInForce: "GTD", goodTillDate: START + 1000 }),
    },
    {
      kind: "ReplaceOrder",
      account: BOB,
      market: MARKET,
      mode: "ALLOW_FAILURE",
      cancelOrderId: 0,
      cancelOrigClientOrderId: "nobody's",
      restriction: "NONE",
      order: terms(26, "SELL", 5_300_000, 8),
    },
    place(27, ALICE, "SELL", 5_000_000, 6, { selfTradePrevention: "DECREMENT" }),
  ];
}

/** One list of each kind: an OCO that is filled on one side, an OTO whose second order gets its turn, an OTOCO that is canceled. */
function lists(): Command[] {
  return [
    placeList(30, BOB, "OCO", [
      terms(31, "SELL", 5_400_000, 10, { type: "LIMIT_MAKER" }),
      terms(32, "SELL", 0, 10, { type: "STOP_LOSS", timeInForce: "IOC", stopPrice: 4_900_000 }),
    ]),
    placeList(33, ALICE, "OTO", [
      terms(34, "BUY", 4_950_000, 10),
      terms(35, "SELL", 5_500_000, 9, { type: "LIMIT_MAKER" }),
    ]),
    place(36, BOB, "SELL", 4_950_000, 40),
    placeList(37, ALICE, "OTOCO", [
      terms(38, "BUY", 4_800_000, 10),
      terms(39, "SELL", 5_600_000, 9, { type: "LIMIT_MAKER" }),
      terms(40, "SELL", 4_500_000, 9, { type: "STOP_LOSS_LIMIT", stopPrice: 4_600_000 }),
    ]),
    {
      kind: "CancelOrderList",
      account: ALICE,
      market: MARKET,
      listId: 0,
      listClientOrderId: "list-37",
    },
    place(41, ALICE, "BUY", 5_400_000, 50),
  ];
}

/** Orders that cross while the market pauses, and the price at which it opens. */
function auction(): Command[] {
  return [
    { kind: "CancelAllOrders", account: ALICE, market: MARKET },
    { kind: "SetMarketState", market: MARKET, state: "HALT" },
    place(50, ALICE, "BUY", 5_000_000, 10),
    { kind: "SetMarketState", market: MARKET, state: "BREAK" },
    place(51, ALICE, "BUY", 5_600_000, 10, { selfTradePrevention: "NONE" }),
    place(52, BOB, "SELL", 5_000_000, 15, { selfTradePrevention: "NONE" }),
    place(53, ALICE, "BUY", 5_100_000, 10, { selfTradePrevention: "NONE" }),
    { kind: "SetMarketState", market: MARKET, state: "TRADING" },
  ];
}

/** Something of everything for the snapshot: in the book, waiting, pending, in lists. */
function whatStays(): Command[] {
  return [
    place(11, ALICE, "BUY", 4_000_000, 25),
    place(12, BOB, "SELL", 7_000_000, 25, { icebergQuantity: 5 }),
    place(13, BOB, "SELL", 7_000_000, 9, { timeInForce: "GTD", goodTillDate: START + 90_000 }),
    place(14, BOB, "SELL", 3_900_000, 3, {
      type: "STOP_LOSS_LIMIT",
      stopPrice: 4_000_000,
      trailingDelta: 200,
    }),
    place(16, BOB, "SELL", 0, 3, { type: "STOP_LOSS", timeInForce: "IOC", trailingDelta: 2000 }),
    placeList(60, ALICE, "OTOCO", [
      terms(61, "BUY", 4_100_000, 10),
      terms(62, "SELL", 8_000_000, 9, { type: "LIMIT_MAKER" }),
      terms(63, "SELL", 3_500_000, 9, { type: "STOP_LOSS_LIMIT", stopPrice: 3_600_000 }),
    ]),
  ];
}

function place(
  id: number,
  account: AccountId,
  side: OrderTerms["side"],
  price: number,
  quantity: number,
  changes: Partial<OrderTerms> = {},
): PlaceOrder {
  return { kind: "PlaceOrder", account, market: MARKET, ...terms(id, side, price, quantity, changes) };
}

function placeList(
  id: number,
  account: AccountId,
  contingency: PlaceOrderList["contingency"],
  orders: readonly OrderTerms[],
): Command {
  return {
    kind: "PlaceOrderList",
    listId: id as OrderListId,
    account,
    market: MARKET,
    listClientOrderId: `list-${id}`,
    contingency,
    orders,
  };
}

function terms(
  id: number,
  side: OrderTerms["side"],
  price: number,
  quantity: number,
  changes: Partial<OrderTerms> = {},
): OrderTerms {
  return {
    orderId: id as OrderId,
    clientOrderId: `order-${id}`,
    side,
    type: "LIMIT",
    timeInForce: "GTC",
    price,
    quantity,
    quoteQuantity: 0,
    stopPrice: 0,
    trailingDelta: 0,
    icebergQuantity: 0,
    goodTillDate: 0,
    selfTradePrevention: "EXPIRE_MAKER",
    ...changes,
  };
}
