import { z } from "zod";
import { TRADING_STATES } from "#shared/domain/market.ts";
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

const multiplier = z.string().regex(/^\d+\.\d{4}$/);
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
  z.strictObject({
    filterType: z.literal("PERCENT_PRICE_BY_SIDE"),
    bidMultiplierUp: multiplier,
    bidMultiplierDown: multiplier,
    askMultiplierUp: multiplier,
    askMultiplierDown: multiplier,
    avgPriceMins: z.int(),
  }),
  z.strictObject({
    filterType: z.literal("MARKET_LOT_SIZE"),
    minQty: number,
    maxQty: number,
    stepSize: number,
  }),
  z.strictObject({ filterType: z.literal("ICEBERG_PARTS"), limit: z.int() }),
  z.strictObject({ filterType: z.literal("MAX_NUM_ORDERS"), maxNumOrders: z.int() }),
  z.strictObject({ filterType: z.literal("MAX_NUM_ALGO_ORDERS"), maxNumAlgoOrders: z.int() }),
  z.strictObject({ filterType: z.literal("MAX_NUM_ICEBERG_ORDERS"), maxNumIcebergOrders: z.int() }),
  z.strictObject({ filterType: z.literal("MAX_NUM_ORDER_LISTS"), maxNumOrderLists: z.int() }),
  z.strictObject({ filterType: z.literal("MAX_POSITION"), maxPosition: number }),
  z.strictObject({
    filterType: z.literal("TRAILING_DELTA"),
    minTrailingAboveDelta: z.int(),
    maxTrailingAboveDelta: z.int(),
    minTrailingBelowDelta: z.int(),
    maxTrailingBelowDelta: z.int(),
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
      status: z.enum(TRADING_STATES),
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
const change = {
  priceChange: number,
  priceChangePercent: z.string().regex(/^-?\d+\.\d{3}$/),
  weightedAvgPrice: number,
};
const ticker = z.strictObject({
  symbol: z.string(),
  ...change,
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
const windowTicker = z.strictObject({ symbol: z.string(), ...change, ...tickerWindow });
export const windowTickers = oneOrMany(z.union([windowTicker, miniTicker]));
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
  "PENDING_NEW",
  "NEW",
  "PARTIALLY_FILLED",
  "FILLED",
  "CANCELED",
  "REJECTED",
  "EXPIRED",
  "EXPIRED_IN_MATCH",
  "QUEUED",
]);
const orderListId = id.describe("-1 unless part of an order list.");
const timeOrNone = time.describe("Epoch ms; -1 before.");
const orderHead = {
  symbol: z.string(),
  orderId: id,
  orderListId,
  clientOrderId: z.string(),
  provisional: z.literal(true).optional().describe("What was last done to it may still be undone."),
};
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
  provisional: z
    .literal(true)
    .optional()
    .describe("What was last done to it may still be undone; docs/regions.md."),
};
const conditionalTerms = {
  stopPrice: number.optional().describe("Of stop loss and take profit orders."),
  icebergQty: number.optional().describe("Of icebergs."),
  trailingDelta: z.int().optional().describe("Of trailing orders."),
  trailingTime: timeOrNone.optional().describe("When it began to follow the price; -1 before."),
  goodTillDate: time.optional().describe("Meridian's own: when an order with timeInForce GTD expires."),
  preventedMatchId: id.optional().describe("The last self-trade of it that was prevented."),
  preventedQuantity: number.optional().describe("What self-trade prevention took off it."),
};
export const order = z.strictObject({
  ...orderHead,
  ...orderTerms,
  ...conditionalTerms,
  stopPrice: number,
  icebergQty: number,
  time,
  updateTime: time,
  isWorking: z.boolean(),
  workingTime: timeOrNone,
});
export const orders = z.array(order);
const acknowledged = z.strictObject({ ...orderHead, transactTime: time });
const resulted = z.strictObject({
  ...acknowledged.shape,
  ...orderTerms,
  ...conditionalTerms,
  workingTime: timeOrNone,
});
const fill = z.strictObject({
  price: number,
  qty: number,
  commission: number,
  commissionAsset: z.string(),
  tradeId: id,
});
const preventedQuantities = {
  takerPreventedQuantity: number.optional(),
  makerPreventedQuantity: number.optional(),
};
const full = resulted.extend({
  fills: z.array(fill),
  preventedMatches: z
    .array(z.strictObject({ preventedMatchId: id, makerOrderId: id, price: number, ...preventedQuantities }))
    .optional(),
});
export const placed = z
  .union([full, resulted, acknowledged])
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
const canceledOrder = z.strictObject({
  ...orderHead,
  ...orderTerms,
  ...conditionalTerms,
  origClientOrderId: z.string(),
  transactTime: time,
});
export const orderList = z.strictObject({
  orderListId: id,
  contingencyType: z.enum(["OCO", "OTO"]).describe("OTO for an OTOCO too."),
  listStatusType: z.enum(["EXEC_STARTED", "ALL_DONE"]),
  listOrderStatus: z.enum(["EXECUTING", "ALL_DONE"]),
  listClientOrderId: z.string(),
  transactionTime: time,
  symbol: z.string(),
  orders: z.array(z.strictObject({ symbol: z.string(), orderId: id, clientOrderId: z.string() })),
});
export const orderLists = z.array(orderList);
export const placedOrderList = orderList.extend({ orderReports: z.array(placed) });
export const canceledOrderList = orderList.extend({ orderReports: z.array(canceledOrder) });
export const canceled = z
  .union([canceledOrder, canceledOrderList])
  .describe("The order, or the order list that it was part of.");
export const canceledOrders = z.array(canceled);
export const replaced = z.strictObject({
  cancelResult: z.literal("SUCCESS"),
  newOrderResult: z.literal("SUCCESS"),
  cancelResponse: canceled,
  newOrderResponse: placed,
});
export const preventedMatches = z.array(
  z.strictObject({
    symbol: z.string(),
    preventedMatchId: id,
    takerOrderId: id,
    makerSymbol: z.string(),
    makerOrderId: id,
    tradeGroupId: z.literal(-1),
    selfTradePreventionMode: z.enum(SELF_TRADE_PREVENTIONS),
    price: number,
    ...preventedQuantities,
    transactTime: time,
  }),
);
const { preventedQuantity: _asPreventedQty, ...amendedTerms } = conditionalTerms;
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
    workingTime: timeOrNone,
    ...amendedTerms,
    selfTradePreventionMode: z.enum(SELF_TRADE_PREVENTIONS),
  }),
});
export const ownTrades = z.array(
  z.strictObject({
    symbol: z.string(),
    ...tradeAmounts,
    orderId: id,
    orderListId,
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
