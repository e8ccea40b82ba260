import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import type { OrderKey } from "../views/region-view.ts";
import { type FreshnessDependencies, untilFresh } from "./freshness.ts";

export interface NamedOrder {
  readonly orderId?: number | undefined;
  readonly origClientOrderId?: string | undefined;
}

/**
 * An account's order in a market, open or ended, by `orderId`, or by `origClientOrderId`, or by both, which must fit. From memory, else from the
 * tables. `undefined` if the account has no such order there, whoever else may.
 */
export async function findOrder(
  dependencies: FreshnessDependencies,
  account: AccountId,
  market: MarketId,
  { orderId, origClientOrderId }: NamedOrder,
): Promise<OrderRow | undefined> {
  const key: OrderKey = orderId === undefined ? { clientOrderId: origClientOrderId ?? "" } : { orderId };
  const order =
    dependencies.view.order(account, market, key) ?? (await findEnded(dependencies, account, market, key));
  if (order === undefined || order.account !== account || order.market !== market) return undefined;
  return origClientOrderId === undefined || order.clientOrderId === origClientOrderId ? order : undefined;
}

async function findEnded(
  dependencies: FreshnessDependencies,
  account: AccountId,
  market: MarketId,
  key: OrderKey,
): Promise<OrderRow | undefined> {
  await untilFresh(dependencies, market);
  if ("orderId" in key) return dependencies.projections.order(key.orderId as OrderId);
  return dependencies.projections.orderByClientId(account, market, key.clientOrderId);
}
