import type { OrderType, SelfTradePrevention, TimeInForce } from "#shared/domain/order.ts";

/** Binance's order types as the page writes them. */
export const TYPE_WORDS: Readonly<Record<OrderType, string>> = {
  LIMIT: "Limit",
  MARKET: "Market",
  LIMIT_MAKER: "Post only",
  STOP_LOSS: "Stop, market",
  STOP_LOSS_LIMIT: "Stop, limit",
  TAKE_PROFIT: "Take profit, market",
  TAKE_PROFIT_LIMIT: "Take profit, limit",
};

export const TIME_WORDS: Readonly<Record<TimeInForce, string>> = {
  GTC: "Until canceled",
  IOC: "Immediate or cancel",
  FOK: "Fill or kill",
  GTD: "Until a date",
};

/** What happens where an order would meet another of the same account. */
export const SELF_TRADE_WORDS: Readonly<Record<SelfTradePrevention, string>> = {
  NONE: "Allow",
  EXPIRE_TAKER: "Expire the new",
  EXPIRE_MAKER: "Expire the resting",
  EXPIRE_BOTH: "Expire both",
  DECREMENT: "Reduce both",
};
