/** The operator's: no user may, whatever they send. */
export const OPERATOR: readonly string[] = ["POST /meridian/v1/markets/:symbol/state"];
/** What operators look at: operators.test.ts has who may not. */
export const OPERATOR_LOOKS: readonly string[] = ["GET /meridian/v1/operator/audit"];
export const MOVE = "POST /meridian/v1/ownership/:shard/promote";

/** Nobody's and everybody's: what they answer must not tell of an account. */
export const PUBLIC: readonly string[] = [
  "GET /api/v3/aggTrades",
  "GET /api/v3/avgPrice",
  "GET /api/v3/depth",
  "GET /api/v3/exchangeInfo",
  "GET /api/v3/historicalTrades",
  "GET /api/v3/klines",
  "GET /api/v3/ping",
  "GET /api/v3/ticker",
  "GET /api/v3/ticker/24hr",
  "GET /api/v3/ticker/bookTicker",
  "GET /api/v3/ticker/price",
  "GET /api/v3/ticker/tradingDay",
  "GET /api/v3/time",
  "GET /api/v3/trades",
  "GET /api/v3/uiKlines",
  "GET /dapi/v1/exchangeInfo",
  "GET /docs",
  "GET /docs/style.css",
  "GET /fapi/v1/exchangeInfo",
  "GET /healthz",
  "GET /meridian/v1/markets",
  "GET /meridian/v1/ownership",
  "GET /meridian/v1/regions",
  "GET /openapi.json",
  "GET /readyz",
  "GET /sapi/v1/system/status",
  "POST /meridian/v1/experience",
  "POST /meridian/v1/sign-in",
  "POST /meridian/v1/sign-up",
];
