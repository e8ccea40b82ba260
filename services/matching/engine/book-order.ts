import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { OrderType, RestingOrder, SelfTradePrevention, Side } from "#shared/domain/order.ts";
import type { PriceLevel } from "./price-level.ts";

/** An order in the book: a link of its level's queue. Only the book and the matching change it. */
export class BookOrder {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly price: number;
  readonly time: number;
  quantity: number;
  executed: number;
  executedQuote: number;

  level: PriceLevel | undefined;
  previous: BookOrder | undefined;
  next: BookOrder | undefined;

  constructor(order: RestingOrder) {
    this.orderId = order.orderId;
    this.account = order.account;
    this.market = order.market;
    this.clientOrderId = order.clientOrderId;
    this.side = order.side;
    this.type = order.type;
    this.selfTradePrevention = order.selfTradePrevention;
    this.price = order.price;
    this.time = order.time;
    this.quantity = order.quantity;
    this.executed = order.executed;
    this.executedQuote = order.executedQuote;
  }

  get remaining(): number {
    return this.quantity - this.executed;
  }

  /** What the state holds of it. */
  toResting(): RestingOrder {
    return {
      orderId: this.orderId,
      account: this.account,
      market: this.market,
      clientOrderId: this.clientOrderId,
      side: this.side,
      type: this.type,
      selfTradePrevention: this.selfTradePrevention,
      price: this.price,
      quantity: this.quantity,
      executed: this.executed,
      executedQuote: this.executedQuote,
      time: this.time,
    };
  }
}
