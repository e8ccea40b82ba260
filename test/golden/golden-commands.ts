import type { Command, CommandEnvelope, PlaceOrder } from "#shared/domain/command.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  ShardId,
} from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";

export const GOLDEN_SHARD = "shard-1" as ShardId;
export const GOLDEN_BRANCH = "us-east-1.1" as BranchId;
const MARKET = "BTCUSDT" as MarketId;
const [ALICE, BOB] = [1 as AccountId, 2 as AccountId];
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
  makerFeePpm: 1000,
  takerFeePpm: 1000,
  defaultSelfTradePrevention: "EXPIRE_MAKER",
  allowedSelfTradePrevention: ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"],
};

/** A short day of a shard with every kind of command and nearly every kind of event; `null` stands for bytes that are no command. */
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
    { kind: "CancelOrder", account: ALICE, market: MARKET, orderId: 0, origClientOrderId: "order-1" },
    place(10, BOB, "SELL", 6_000_000, 10),
    { kind: "CancelAllOrders", account: BOB, market: MARKET },
    { kind: "CancelAllOrders", account: BOB, market: MARKET },
    { kind: "Tick", time: START + 50 },
    place(11, ALICE, "BUY", 4_000_000, 25),
    place(12, BOB, "SELL", 7_000_000, 25),
  ];
  const stream: (CommandEnvelope | null)[] = commands.map((command) => envelope(command));
  const repeated = stream[7] ?? null;
  stream.push(repeated, null);
  stream.push(envelope({ kind: "Tick", time: 1 }, { branch: "eu-west-1.2" as BranchId }));
  stream.push(envelope(place(13, ALICE, "BUY", 5_000_000, 10), { validUntil: START }));
  return stream;
}

function place(
  id: number,
  account: AccountId,
  side: PlaceOrder["side"],
  price: number,
  quantity: number,
  changes: Partial<PlaceOrder> = {},
): PlaceOrder {
  return {
    kind: "PlaceOrder",
    orderId: id as OrderId,
    account,
    market: MARKET,
    clientOrderId: `order-${id}`,
    side,
    type: "LIMIT",
    timeInForce: "GTC",
    price,
    quantity,
    quoteQuantity: 0,
    selfTradePrevention: "EXPIRE_MAKER",
    ...changes,
  };
}
