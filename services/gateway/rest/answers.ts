import { z } from "zod";
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";

/** What the routes answer, for the OpenAPI document; the tests hold every answer against these, to the field. */
const number = z.string().regex(/^-?\d+\.\d{8}$/);
const time = z.int().describe("Epoch ms.");
const id = z.int();

export const empty = z.strictObject({});
export const serverTime = z.strictObject({ serverTime: time });

const rateLimit = z.strictObject({
  rateLimitType: z.enum(["REQUEST_WEIGHT", "ORDERS"]),
  interval: z.enum(["SECOND", "MINUTE", "DAY"]),
  intervalNum: z.int(),
  limit: z.int(),
});
export const orderCounts = z.array(rateLimit.extend({ count: z.int() }));

const filter = z.discriminatedUnion("filterType", [
  z.strictObject({
    filterType: z.literal("PRICE_FILTER"),
    minPrice: number,
    maxPrice: number,
    tickSize: number,
  }),
  z.strictObject({ filterType: z.literal("LOT_SIZE"), minQty: number, maxQty: number, stepSize: number }),
  z.strictObject({
    filterType: z.literal("NOTIONAL"),
    minNotional: number,
    applyMinToMarket: z.boolean(),
    maxNotional: number,
    applyMaxToMarket: z.boolean(),
    avgPriceMins: z.int(),
  }),
]);
export const exchangeInfo = z.strictObject({
  timezone: z.literal("UTC"),
  serverTime: time,
  rateLimits: z.array(rateLimit),
  exchangeFilters: z.array(z.never()),
  symbols: z.array(
    z.strictObject({
      symbol: z.string(),
      status: z.literal("TRADING"),
      baseAsset: z.string(),
      baseAssetPrecision: z.int(),
      quoteAsset: z.string(),
      quotePrecision: z.int(),
      quoteAssetPrecision: z.int(),
      baseCommissionPrecision: z.int(),
      quoteCommissionPrecision: z.int(),
      orderTypes: z.array(z.enum(ORDER_TYPES)),
      icebergAllowed: z.boolean(),
      ocoAllowed: z.boolean(),
      otoAllowed: z.boolean(),
      quoteOrderQtyMarketAllowed: z.boolean(),
      allowTrailingStop: z.boolean(),
      cancelReplaceAllowed: z.boolean(),
      amendAllowed: z.boolean(),
      isSpotTradingAllowed: z.boolean(),
      isMarginTradingAllowed: z.boolean(),
      filters: z.array(filter),
      permissions: z.array(z.string()),
      permissionSets: z.array(z.array(z.string())),
      defaultSelfTradePreventionMode: z.enum(SELF_TRADE_PREVENTIONS),
      allowedSelfTradePreventionModes: z.array(z.enum(SELF_TRADE_PREVENTIONS)),
    }),
  ),
});

const level = z.tuple([number, number]).describe("[price, quantity]");
export const depth = z.strictObject({ lastUpdateId: id, bids: z.array(level), asks: z.array(level) });

const tradeAmounts = { id, price: number, qty: number, quoteQty: number };
export const trades = z.array(
  z.strictObject({ ...tradeAmounts, time, isBuyerMaker: z.boolean(), isBestMatch: z.boolean() }),
);
export const aggregateTrades = z.array(
  z.strictObject({
    a: id.describe("The id of the aggregate: that of its first trade."),
    p: number.describe("Price."),
    q: number.describe("Quantity."),
    f: id.describe("First trade id."),
    l: id.describe("Last trade id."),
    T: time,
    m: z.boolean().describe("Was the buyer the maker?"),
    M: z.boolean(),
  }),
);
export const klines = z.array(
  z
    .tuple([
      time,
      number,
      number,
      number,
      number,
      number,
      time,
      number,
      z.int(),
      number,
      number,
      z.literal("0"),
    ])
    .describe(
      "[open time, open, high, low, close, volume, close time, quote volume, trades, taker buy volume, taker buy quote volume, unused]",
    ),
);
export const averagePrice = z.strictObject({ mins: z.int(), price: number, closeTime: time });

const tickerWindow = {
  openPrice: number,
  highPrice: number,
  lowPrice: number,
  lastPrice: number,
  volume: number,
  quoteVolume: number,
  openTime: time,
  closeTime: time,
  firstId: id,
  lastId: id,
  count: z.int(),
};
const ticker = z.strictObject({
  symbol: z.string(),
  priceChange: number,
  priceChangePercent: z.string().regex(/^-?\d+\.\d{3}$/),
  weightedAvgPrice: number,
  prevClosePrice: number,
  lastQty: number,
  bidPrice: number,
  bidQty: number,
  askPrice: number,
  askQty: number,
  ...tickerWindow,
});
const miniTicker = z.strictObject({ symbol: z.string(), ...tickerWindow });
const priceTicker = z.strictObject({ symbol: z.string(), price: number });
const bookTicker = z.strictObject({
  symbol: z.string(),
  bidPrice: number,
  bidQty: number,
  askPrice: number,
  askQty: number,
});
const oneOrMany = <T extends z.ZodType>(one: T) =>
  z.union([one, z.array(one)]).describe("One for `symbol`, else a list.");
export const tickers = oneOrMany(z.union([ticker, miniTicker]));
export const priceTickers = oneOrMany(priceTicker);
export const bookTickers = oneOrMany(bookTicker);

const rates = z.strictObject({ maker: number, taker: number, buyer: number, seller: number });
export const account = z.strictObject({
  makerCommission: z.int(),
  takerCommission: z.int(),
  buyerCommission: z.int(),
  sellerCommission: z.int(),
  commissionRates: rates,
  canTrade: z.boolean(),
  canWithdraw: z.boolean(),
  canDeposit: z.boolean(),
  brokered: z.boolean(),
  requireSelfTradePrevention: z.boolean(),
  preventSor: z.boolean(),
  updateTime: time,
  accountType: z.literal("SPOT"),
  balances: z.array(z.strictObject({ asset: z.string(), free: number, locked: number })),
  permissions: z.array(z.string()),
  uid: id,
});
const discount = z.strictObject({
  enabledForAccount: z.boolean(),
  enabledForSymbol: z.boolean(),
  discountAsset: z.string(),
  discount: number,
});
export const commission = z.strictObject({
  symbol: z.string(),
  standardCommission: rates,
  specialCommission: rates,
  taxCommission: rates,
  discount,
});

const orderStatus = z.enum([
  "NEW",
  "PARTIALLY_FILLED",
  "FILLED",
  "CANCELED",
  "REJECTED",
  "EXPIRED",
  "EXPIRED_IN_MATCH",
  "QUEUED",
]);
const orderHead = { symbol: z.string(), orderId: id, orderListId: z.literal(-1), clientOrderId: z.string() };
const orderTerms = {
  price: number,
  origQty: number,
  executedQty: number,
  origQuoteOrderQty: number,
  cummulativeQuoteQty: number.describe("Binance's spelling."),
  status: orderStatus,
  timeInForce: z.enum(TIMES_IN_FORCE),
  type: z.enum(ORDER_TYPES),
  side: z.enum(SIDES),
  selfTradePreventionMode: z.enum(SELF_TRADE_PREVENTIONS),
};
export const order = z.strictObject({
  ...orderHead,
  ...orderTerms,
  stopPrice: number,
  icebergQty: number,
  time,
  updateTime: time,
  isWorking: z.boolean(),
  workingTime: time,
});
export const orders = z.array(order);
const acknowledged = z.strictObject({ ...orderHead, transactTime: time });
const resulted = z.strictObject({ ...acknowledged.shape, ...orderTerms, workingTime: time });
const fill = z.strictObject({
  price: number,
  qty: number,
  commission: number,
  commissionAsset: z.string(),
  tradeId: id,
});
export const placed = z
  .union([resulted.extend({ fills: z.array(fill) }), resulted, acknowledged])
  .describe("FULL, RESULT or ACK, as `newOrderRespType` says.");
export const tested = z.union([
  empty,
  z.strictObject({
    standardCommissionForOrder: z.strictObject({ maker: number, taker: number }),
    specialCommissionForOrder: z.strictObject({ maker: number, taker: number }),
    taxCommissionForOrder: z.strictObject({ maker: number, taker: number }),
    discount,
  }),
]);
export const canceled = z.strictObject({
  ...orderHead,
  ...orderTerms,
  origClientOrderId: z.string(),
  transactTime: time,
});
export const canceledOrders = z.array(canceled);
export const amended = z.strictObject({
  transactTime: time,
  executionId: id,
  amendedOrder: z.strictObject({
    ...orderHead,
    origClientOrderId: z.string(),
    price: number,
    qty: number,
    executedQty: number,
    preventedQty: number,
    quoteOrderQty: number,
    cumulativeQuoteQty: number,
    status: orderStatus,
    timeInForce: z.enum(TIMES_IN_FORCE),
    type: z.enum(ORDER_TYPES),
    side: z.enum(SIDES),
    workingTime: time,
    selfTradePreventionMode: z.enum(SELF_TRADE_PREVENTIONS),
  }),
});
export const ownTrades = z.array(
  z.strictObject({
    symbol: z.string(),
    ...tradeAmounts,
    orderId: id,
    orderListId: z.literal(-1),
    commission: number,
    commissionAsset: z.string(),
    time,
    isBuyer: z.boolean(),
    isMaker: z.boolean(),
    isBestMatch: z.boolean(),
  }),
);
export const systemStatus = z.strictObject({ status: z.literal(0), msg: z.literal("normal") });
export const tradeFees = z.array(
  z.strictObject({ symbol: z.string(), makerCommission: z.string(), takerCommission: z.string() }),
);
export const noSymbols = z.strictObject({ symbols: z.array(z.never()) });
export const nothing = z.array(z.never());
