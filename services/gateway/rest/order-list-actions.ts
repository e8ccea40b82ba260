import type { PlaceOrderList } from "#shared/domain/command.ts";
import type { OrderId, OrderListId } from "#shared/domain/ids.ts";
import type { OrderListRow, OrderRow } from "#shared/ports/projections.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { type OrderListResult, placedOrderList } from "#shared/read-model/order-result.ts";
import { refuseEarly } from "./check-filters.ts";
import { findMarket } from "./find-market.ts";
import type { NamedOrderList } from "./find-order-list.ts";
import { defaultClientOrderId, memberClientOrderId } from "./idempotency.ts";
import { isOf, type OrderActions, queuedResult } from "./order-actions.ts";
import type { NewOrderList } from "./order-list-parameters.ts";
import { orderTerms } from "./order-terms.ts";
import { listNameAtHand, standingListName } from "./standing-name.ts";
import { type Queued, submit, submitOrQueue } from "./submit.ts";
import type { TradeContext, TradeDependencies } from "./trade-operation.ts";

/** What an account does with order lists. Every method throws `ApiError` for what is refused, by the gateway or by the engine. */
export class OrderListActions {
  readonly #dependencies: TradeDependencies;
  readonly #orders: OrderActions;

  constructor(dependencies: TradeDependencies, orders: OrderActions) {
    this.#dependencies = dependencies;
    this.#orders = orders;
  }

  /** Places a list; how it and its orders stood right after it was taken. */
  async place(
    { account, commandId, count }: Omit<TradeContext<never>, "parameters">,
    { symbol, listClientOrderId, contingency, legs }: NewOrderList,
  ): Promise<OrderListResult> {
    const { entry, view } = this.#dependencies;
    const terms = findMarket(view, symbol);
    const market = terms.market.id;
    const orders = legs.map(({ fields, clientOrderId, nameOf }, place) => {
      const identity = {
        orderId: 0 as OrderId,
        clientOrderId: clientOrderId ?? memberClientOrderId(commandId, place),
      };
      return orderTerms(fields, terms, identity, nameOf);
    });
    const checked = orders.map((order, place) => ({
      terms: order,
      isPending: contingency !== "OCO" && place > 0,
    }));
    refuseEarly(terms.market, checked, this.#orders.momentOf(market));
    return count(orders.length, async () => {
      const command = {
        kind: "PlaceOrderList",
        listId: entry.mintOrderId() as number as OrderListId,
        account,
        market,
        listClientOrderId: listClientOrderId ?? defaultClientOrderId(commandId),
        contingency,
        orders: orders.map((order) => ({ ...order, orderId: entry.mintOrderId() })),
      } as const;
      const sent = await submitOrQueue(entry, commandId, command);
      if ("orders" in sent) return queuedListResult(sent, command);
      const { outcome } = sent;
      const placed = placedOrderList(outcome);
      const accepted = outcome.events.filter((event) => event.kind === "OrderAccepted");
      const isSame =
        placed?.list.listClientOrderId === command.listClientOrderId &&
        placed.list.contingency === contingency &&
        orders.every((order, place) => isOf(accepted[place], { ...order, market }));
      if (placed === undefined || !isSame) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
      return placed;
    });
  }

  /** Cancels every open order of a list. */
  async cancel(
    { account, commandId }: Pick<TradeContext<never>, "account" | "commandId">,
    { symbol, ...asked }: NamedOrderList & { readonly symbol: string },
  ): Promise<{ readonly list: OrderListRow; readonly orders: readonly OrderRow[] }> {
    const { market } = findMarket(this.#dependencies.view, symbol);
    const named =
      listNameAtHand(this.#dependencies.view, account, asked) ??
      (await standingListName(this.#dependencies, account, asked));
    const byName = named.orderListId === undefined;
    const outcome = await submit(this.#dependencies.entry, commandId, {
      kind: "CancelOrderList",
      account,
      market: market.id,
      listId: (named.orderListId ?? 0) as OrderListId,
      listClientOrderId: byName ? (named.listClientOrderId ?? "") : "",
    });
    const canceled = await this.#orders.canceledOf(outcome, account, market.id, {});
    const isIt =
      canceled.kind === "list" &&
      (byName
        ? canceled.list.listClientOrderId === named.listClientOrderId
        : canceled.list.listId === named.orderListId);
    if (canceled.kind !== "list" || !isIt) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    return canceled;
  }
}

/** A list that waits in the outbox, or ended there. Throws IDEMPOTENCY_KEY_REUSED where it is another than was asked for. */
function queuedListResult(
  { list, orders }: Queued,
  { market, contingency, listClientOrderId, orders: asked }: PlaceOrderList,
): OrderListResult {
  const isSame = list?.listClientOrderId === listClientOrderId && list.contingency === contingency;
  if (list === undefined || !isSame) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
  return { list, orders: asked.map((terms, place) => queuedResult(orders[place], { ...terms, market })) };
}
