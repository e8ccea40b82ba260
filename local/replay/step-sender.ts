import { ExchangeRefusal } from "../client/meridian-client.ts";
import type { Step } from "./recorded-flow.ts";
import { ReplayError } from "./replay-error.ts";
import type { ReplayMarket } from "./replay-market.ts";
import type { ReplayTrader } from "./replay-trader.ts";
import { leftOf, type RestingOrder } from "./resting-order.ts";

interface OrderAnswer {
  readonly orderId: number;
  readonly executedQty: string;
  readonly origQty: string;
}

/** Sends steps as orders and cancels: one account rests what the recording rests, another takes what it executes. */
export class StepSender {
  readonly #market: ReplayMarket;
  readonly #maker: ReplayTrader;
  readonly #taker: ReplayTrader;
  readonly #orderIds = new Map<RestingOrder, number>();

  constructor(market: ReplayMarket, maker: ReplayTrader, taker: ReplayTrader) {
    this.#market = market;
    this.#maker = maker;
    this.#taker = taker;
  }

  /** `where` names the message in errors. Throws `ReplayError`. */
  async send(step: Step, where: string): Promise<void> {
    try {
      await this.#send(step);
    } catch (error) {
      if (!(error instanceof ExchangeRefusal)) throw error;
      const { side, price } = step.order;
      const what = `${step.kind} ${side} at ${this.#market.price(price)}`;
      const reason = error.status === 0 ? error.message : `${error.message} (${error.code})`;
      throw new ReplayError("REPLAY_REFUSED", `${where}: the platform refused to ${what}: ${reason}`);
    }
  }

  /** Compares the maker's open orders with what must be left, order by order. Returns what differs, in words. */
  async differences(orders: Iterable<RestingOrder>): Promise<string[]> {
    const { symbol } = this.#market;
    const open = await this.#maker.call<readonly OrderAnswer[]>("GET", "/api/v3/openOrders", { symbol });
    const left = new Map(
      open.map((order) => [
        order.orderId,
        this.#market.shares(order.origQty) - this.#market.shares(order.executedQty),
      ]),
    );
    const texts: string[] = [];
    for (const order of orders) {
      const orderId = this.#orderIds.get(order) ?? 0;
      if (left.get(orderId) !== leftOf(order)) {
        texts.push(`order ${order.name}: ${left.get(orderId) ?? 0} shares are left, not ${leftOf(order)}`);
      }
      left.delete(orderId);
    }
    for (const [orderId, shares] of left) texts.push(`order id ${orderId}: ${shares} shares are left, not 0`);
    return texts;
  }

  /** Cancels what is still open, so that the next replay finds an empty book. */
  async cancelAll(): Promise<void> {
    try {
      await this.#maker.call("DELETE", "/api/v3/openOrders", { symbol: this.#market.symbol });
    } catch (error) {
      // -2011: nothing is open.
      if (!(error instanceof ExchangeRefusal) || error.code !== -2011) throw error;
    }
  }

  #send(step: Step): Promise<void> {
    switch (step.kind) {
      case "place":
        return this.#place(step.order, step.quantity);
      case "amend":
        return this.#amend(step.order, step.quantity);
      case "cancel":
        return this.#cancel(step.order);
      case "execute":
        return this.#execute(step.order, step.quantity);
    }
  }

  /** Post-only: a recorded order rested, so one that would trade is a difference to be told of. */
  async #place(order: RestingOrder, quantity: number): Promise<void> {
    const { symbol } = this.#market;
    const { orderId } = await this.#maker.call<OrderAnswer>("POST", "/api/v3/order", {
      symbol,
      side: order.side,
      type: "LIMIT_MAKER",
      price: this.#market.price(order.price),
      quantity: this.#market.quantity(quantity),
      newOrderRespType: "ACK",
      newClientOrderId: `replay-${this.#orderIds.size + 1}`,
    });
    this.#orderIds.set(order, orderId);
  }

  async #amend(order: RestingOrder, quantity: number): Promise<void> {
    await this.#maker.call("PUT", "/api/v3/order/amend/keepPriority", {
      ...this.#named(order),
      newQty: this.#market.quantity(quantity),
    });
  }

  async #cancel(order: RestingOrder): Promise<void> {
    await this.#maker.call("DELETE", "/api/v3/order", this.#named(order));
  }

  async #execute(order: RestingOrder, quantity: number): Promise<void> {
    const { symbol } = this.#market;
    const answer = await this.#taker.call<OrderAnswer>("POST", "/api/v3/order", {
      symbol,
      side: order.side === "BUY" ? "SELL" : "BUY",
      type: "LIMIT",
      timeInForce: "IOC",
      price: this.#market.price(order.price),
      quantity: this.#market.quantity(quantity),
      newOrderRespType: "RESULT",
    });
    const executed = this.#market.shares(answer.executedQty);
    if (executed !== quantity) {
      throw new ExchangeRefusal(200, 0, `of ${quantity} shares only ${executed} were there to execute`);
    }
  }

  #named(order: RestingOrder): { symbol: string; orderId: number } {
    return { symbol: this.#market.symbol, orderId: this.#orderIds.get(order) ?? 0 };
  }
}
