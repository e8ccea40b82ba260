import type { Response } from "express";
import type { PlaceOrder } from "#shared/domain/command.ts";
import type { OrderAccepted, Outcome } from "#shared/domain/event.ts";
import type { AccountId, CommandId, MarketId, OrderId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { parseQuantity } from "#shared/domain/market-units.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { type OrderResult, placedOrder } from "#shared/read-model/order-result.ts";
import { checkFilters } from "./check-filters.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findMarket, type MarketTerms } from "./find-market.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import { defaultClientOrderId } from "./idempotency.ts";
import { type NewOrder, placeOrderCommand, positive } from "./order-parameters.ts";
import { submit } from "./submit.ts";

type InMarket = { readonly symbol: string };

/** What an account does with orders. Every method throws `ApiError` for what is refused, by the gateway or by the engine. */
export class OrderActions {
  readonly #dependencies: RestDependencies;

  constructor(dependencies: RestDependencies) {
    this.#dependencies = dependencies;
  }

  /** Places an order; how it stood right after it was taken, and its fills until then. */
  async place(
    commandId: CommandId,
    account: AccountId,
    order: NewOrder,
    response: Response,
  ): Promise<OrderResult> {
    const { view, entry, orderLimiter } = this.#dependencies;
    const terms = findMarket(view, order.symbol);
    const clientOrderId = order.newClientOrderId ?? defaultClientOrderId(commandId);
    const command = placeOrderCommand(order, terms, { orderId: 0 as OrderId, account, clientOrderId });
    return orderLimiter.count(account, response, async () => {
      // An id is minted only for an order that goes to the log.
      const outcome = await submit(entry, commandId, { ...command, orderId: entry.mintOrderId() });
      const placed = placedOrder(outcome);
      const accepted = outcome.events.find((event) => event.kind === "OrderAccepted");
      if (placed === undefined || !isOf(accepted, command)) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
      return placed;
    });
  }

  /** Checks all of an order that can be checked without placing it: its parameters and the market's filters. */
  check(account: AccountId, order: NewOrder): MarketTerms {
    const { view } = this.#dependencies;
    const terms = findMarket(view, order.symbol);
    const clientOrderId = order.newClientOrderId ?? "test";
    const command = placeOrderCommand(order, terms, { orderId: 0 as OrderId, account, clientOrderId });
    checkFilters(terms.market, command, view.recentTrades(terms.market.id, 1)[0]?.price ?? 0);
    return terms;
  }

  async cancel(commandId: CommandId, account: AccountId, order: NamedOrder & InMarket): Promise<OrderRow> {
    const { market } = findMarket(this.#dependencies.view, order.symbol);
    const outcome = await submit(this.#dependencies.entry, commandId, {
      kind: "CancelOrder",
      account,
      market: market.id,
      orderId: (order.orderId ?? 0) as OrderId,
      origClientOrderId: order.origClientOrderId ?? "",
    });
    const [canceled] = await this.#changed(outcome, "OrderCanceled", account, market.id);
    if (canceled === undefined || !isNamed(canceled, order)) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    return canceled;
  }

  /** By rising order id. */
  async cancelAll(commandId: CommandId, account: AccountId, symbol: string): Promise<OrderRow[]> {
    const { market } = findMarket(this.#dependencies.view, symbol);
    const command = { kind: "CancelAllOrders", account, market: market.id } as const;
    const outcome = await submit(this.#dependencies.entry, commandId, command);
    const canceled = await this.#changed(outcome, "OrderCanceled", account, market.id);
    if (canceled.length === 0) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    return canceled;
  }

  /** The order after it was amended, and the seq of that. */
  async amend(
    commandId: CommandId,
    account: AccountId,
    order: NamedOrder & InMarket & { readonly newQty: string },
  ): Promise<{ order: OrderRow; seq: number }> {
    const { market, base } = findMarket(this.#dependencies.view, order.symbol);
    const quantity = positive(parseQuantity(market, base, order.newQty), "newQty", "FILTER_LOT_SIZE");
    const outcome = await submit(this.#dependencies.entry, commandId, {
      kind: "AmendOrder",
      account,
      market: market.id,
      orderId: (order.orderId ?? 0) as OrderId,
      origClientOrderId: order.origClientOrderId ?? "",
      quantity,
    });
    const [amended] = await this.#changed(outcome, "OrderAmended", account, market.id);
    if (amended === undefined || !isNamed(amended, order)) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    return { order: { ...amended, quantity }, seq: outcome.seq };
  }

  /** The client id of a cancel: the client's own, else one by its command id. */
  cancelId(commandId: CommandId, own: string | undefined): string {
    return own ?? defaultClientOrderId(commandId);
  }

  /** The orders that an outcome changed in one way, if they are this account's in this market. */
  async #changed(
    { events }: Outcome,
    kind: "OrderCanceled" | "OrderAmended",
    account: AccountId,
    market: MarketId,
  ): Promise<OrderRow[]> {
    const orders: OrderRow[] = [];
    for (const event of events) {
      if (event.kind !== kind || event.account !== account || event.market !== market) continue;
      const order = await findOrder(this.#dependencies, account, market, { orderId: event.orderId });
      assert(order !== undefined, `order ${event.orderId} was changed, so it is known`);
      orders.push(order);
    }
    return orders;
  }
}

/** False where an idempotency key that stood for one order comes with another. */
function isOf(accepted: OrderAccepted | undefined, command: PlaceOrder): boolean {
  return (
    accepted !== undefined &&
    accepted.market === command.market &&
    accepted.clientOrderId === command.clientOrderId &&
    accepted.side === command.side &&
    accepted.type === command.type &&
    accepted.timeInForce === command.timeInForce &&
    accepted.price === command.price &&
    accepted.quantity === command.quantity &&
    accepted.quoteQuantity === command.quoteQuantity &&
    accepted.selfTradePrevention === command.selfTradePrevention
  );
}

function isNamed(order: OrderRow, { orderId, origClientOrderId }: NamedOrder): boolean {
  return (
    (orderId === undefined || order.orderId === orderId) &&
    (origClientOrderId === undefined || order.clientOrderId === origClientOrderId)
  );
}
