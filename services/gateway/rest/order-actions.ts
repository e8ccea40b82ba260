import type { PlaceOrder } from "#shared/domain/command.ts";
import type { OrderAccepted, Outcome } from "#shared/domain/event.ts";
import type { AccountId, CommandId, MarketId, OrderId, OrderListId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { parseQuantity } from "#shared/domain/market-units.ts";
import type { OrderTerms } from "#shared/domain/order.ts";
import type { OrderListRow, OrderRow } from "#shared/ports/projections.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { type OrderResult, placedOrder } from "#shared/read-model/order-result.ts";
import { checkAllFilters, type MarketMoment, refuseEarly } from "./check-filters.ts";
import { findMarket, type MarketTerms } from "./find-market.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import { findOrderList } from "./find-order-list.ts";
import { defaultClientOrderId } from "./idempotency.ts";
import type { NewOrder } from "./order-parameters.ts";
import { orderTerms, positive } from "./order-terms.ts";
import { nameAtHand, standingName } from "./standing-name.ts";
import { submit, submitOrQueue } from "./submit.ts";
import type { TradeContext, TradeDependencies } from "./trade-operation.ts";

type InMarket = { readonly symbol: string };
type Who = Pick<TradeContext<never>, "account" | "commandId">;
type Placing = Who & Pick<TradeContext<never>, "count">;

export interface CancelOptions extends NamedOrder, InMarket {
  readonly cancelRestrictions?: "ONLY_NEW" | "ONLY_PARTIALLY_FILLED" | undefined;
}

/** What was canceled, in the order of the events: single orders, and lists with those of their orders that were open. */
export type Canceled =
  | { readonly kind: "order"; readonly order: OrderRow }
  | { readonly kind: "list"; readonly list: OrderListRow; readonly orders: readonly OrderRow[] };

/** What an account does with single orders. Every method throws `ApiError` for what is refused, by the gateway or by the engine. */
export class OrderActions {
  readonly #dependencies: TradeDependencies;

  constructor(dependencies: TradeDependencies) {
    this.#dependencies = dependencies;
  }

  /** Places an order; how it stood right after it was taken, and its fills until then. */
  async place({ account, commandId, count }: Placing, order: NewOrder): Promise<OrderResult> {
    const { entry } = this.#dependencies;
    const terms = findMarket(this.#dependencies.view, order.symbol);
    const command: PlaceOrder = {
      kind: "PlaceOrder",
      account,
      market: terms.market.id,
      ...this.termsOf(commandId, order, terms),
    };
    return count(1, async () => {
      // An id is minted only for an order that goes to the log.
      const sent = await submitOrQueue(entry, commandId, { ...command, orderId: entry.mintOrderId() });
      if ("orders" in sent) return queuedResult(sent.orders[0], command);
      const { outcome } = sent;
      const placed = placedOrder(outcome);
      const accepted = outcome.events.find((event) => event.kind === "OrderAccepted");
      if (placed === undefined || !isOf(accepted, command)) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
      return placed;
    });
  }

  /** The terms of a new order, without an id yet; refused is what its parameters or the market's definition rule out. */
  termsOf(commandId: CommandId, order: NewOrder, { market, ...assets }: MarketTerms): OrderTerms {
    const clientOrderId = order.newClientOrderId ?? defaultClientOrderId(commandId);
    const terms = orderTerms(order, { market, ...assets }, { orderId: 0 as OrderId, clientOrderId });
    refuseEarly(market, [{ terms, isPending: false }], this.momentOf(market.id));
    return terms;
  }

  /** Checks all of an order that can be checked without placing it: its parameters and the market's filters. */
  check(order: NewOrder): MarketTerms {
    const terms = findMarket(this.#dependencies.view, order.symbol);
    const clientOrderId = order.newClientOrderId ?? "test";
    const checked = orderTerms(order, terms, { orderId: 0 as OrderId, clientOrderId });
    checkAllFilters(terms.market, checked, this.momentOf(terms.market.id));
    return terms;
  }

  /** The order, or its list if it was a member of one. */
  async cancel({ account, commandId }: Who, order: CancelOptions): Promise<Canceled> {
    const { market } = findMarket(this.#dependencies.view, order.symbol);
    const names = namesOf(order);
    const named =
      nameAtHand(this.#dependencies.view, account, market.id, names) ??
      (await standingName(this.#dependencies, account, market.id, names));
    const outcome = await submit(this.#dependencies.entry, commandId, {
      kind: "CancelOrder",
      account,
      market: market.id,
      orderId: (named.orderId ?? 0) as OrderId,
      origClientOrderId: named.origClientOrderId ?? "",
      restriction: order.cancelRestrictions ?? "NONE",
    });
    return this.canceledOf(outcome, account, market.id, named);
  }

  /** In the order of the events. */
  async cancelAll({ account, commandId }: Who, symbol: string): Promise<Canceled[]> {
    const { market } = findMarket(this.#dependencies.view, symbol);
    const command = { kind: "CancelAllOrders", account, market: market.id } as const;
    const outcome = await submit(this.#dependencies.entry, commandId, command);
    const canceled = await this.#allCanceled(outcome, account, market.id);
    if (canceled.length === 0) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    return canceled;
  }

  /** The order after it was amended, and the seq of that. */
  async amend(
    { account, commandId }: Who,
    order: NamedOrder & InMarket & { readonly newQty: string },
  ): Promise<{ order: OrderRow; seq: number }> {
    const { market, base } = findMarket(this.#dependencies.view, order.symbol);
    const quantity = positive(parseQuantity(market, base, order.newQty), "newQty", "FILTER_LOT_SIZE");
    const names = namesOf(order);
    const named =
      nameAtHand(this.#dependencies.view, account, market.id, names) ??
      (await standingName(this.#dependencies, account, market.id, names));
    const outcome = await submit(this.#dependencies.entry, commandId, {
      kind: "AmendOrder",
      account,
      market: market.id,
      orderId: (named.orderId ?? 0) as OrderId,
      origClientOrderId: named.origClientOrderId ?? "",
      quantity,
    });
    const [amended] = await this.#changed(outcome, "OrderAmended", account, market.id);
    if (amended === undefined || !isNamed(amended, named)) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    return { order: { ...amended, quantity }, seq: outcome.seq };
  }

  /** What an outcome canceled at the request for one order. Throws IDEMPOTENCY_KEY_REUSED if that order is not in it. */
  async canceledOf(
    outcome: Outcome,
    account: AccountId,
    market: MarketId,
    named: NamedOrder,
  ): Promise<Canceled> {
    const canceled = await this.#allCanceled(outcome, account, market);
    const isIt = (order: OrderRow) => isNamed(order, named);
    const found = canceled.find((one) => (one.kind === "order" ? isIt(one.order) : one.orders.some(isIt)));
    if (found === undefined) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    return found;
  }

  /** What the filters need to know of a market's present. */
  momentOf(market: MarketId): MarketMoment {
    const { view } = this.#dependencies;
    return {
      tradingState: view.tradingState(market),
      lastPrice: view.recentTrades(market, 1)[0]?.price ?? 0,
      time: view.shardOf(market)?.time ?? view.time,
    };
  }

  async #allCanceled(outcome: Outcome, account: AccountId, market: MarketId): Promise<Canceled[]> {
    const orders = await this.#changed(outcome, "OrderCanceled", account, market);
    const lists = new Map<OrderListId, OrderRow[]>();
    const canceled: Canceled[] = [];
    for (const order of orders) {
      if (order.listId === 0) canceled.push({ kind: "order", order });
      else if (lists.has(order.listId)) lists.get(order.listId)?.push(order);
      else {
        const list = await findOrderList(this.#dependencies, account, { orderListId: order.listId });
        assert(list !== undefined, `order ${order.orderId} is of list ${order.listId}, so that is known`);
        const members = [order];
        lists.set(order.listId, members);
        canceled.push({ kind: "list", list, orders: members });
      }
    }
    return canceled;
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

/** The client id of a cancel: the client's own, else one by its command id. */
export function cancelIdOf(commandId: CommandId, own: string | undefined): string {
  return own ?? defaultClientOrderId(commandId);
}

/** An order that waits in the outbox, or ended there. Throws IDEMPOTENCY_KEY_REUSED where it is another than was asked for. */
export function queuedResult(order: OrderRow | undefined, terms: OrderTerms & InMarketOf): OrderResult {
  if (order === undefined || !isOf(order, terms)) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
  return { order, fills: [], preventedMatches: [] };
}

/** False where an idempotency key that stood for one order comes with another. */
export function isOf(
  accepted: OrderAccepted | OrderRow | undefined,
  terms: OrderTerms & InMarketOf,
): boolean {
  if (accepted === undefined || accepted.market !== terms.market) return false;
  const { orderId: _id, ...asked } = terms;
  return TERMS.every((name) => accepted[name] === asked[name]);
}

type InMarketOf = { readonly market: MarketId };

const TERMS = [
  "clientOrderId",
  "side",
  "type",
  "timeInForce",
  "price",
  "quantity",
  "quoteQuantity",
  "stopPrice",
  "trailingDelta",
  "icebergQuantity",
  "goodTillDate",
  "selfTradePrevention",
] as const satisfies readonly (keyof OrderTerms)[];

function namesOf({ orderId, origClientOrderId }: NamedOrder): NamedOrder {
  return { orderId, origClientOrderId };
}

function isNamed(order: OrderRow, { orderId, origClientOrderId }: NamedOrder): boolean {
  return (
    (orderId === undefined || order.orderId === orderId) &&
    (origClientOrderId === undefined || order.clientOrderId === origClientOrderId)
  );
}
