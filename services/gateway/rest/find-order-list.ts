import type { AccountId, OrderListId } from "#shared/domain/ids.ts";
import type { OrderListRow } from "#shared/ports/projections.ts";
import type { OrderListKey } from "../views/region-view.ts";
import { type FreshnessDependencies, untilFresh } from "./freshness.ts";

export interface NamedOrderList {
  readonly orderListId?: number | undefined;
  readonly listClientOrderId?: string | undefined;
}

/**
 * An account's order list, open or done, by either id (`orderListId` counts if both are given, as on Binance). From memory, else from the tables.
 * `undefined` if the account has no such list, whoever else may.
 */
export async function findOrderList(
  dependencies: FreshnessDependencies,
  account: AccountId,
  { orderListId, listClientOrderId = "" }: NamedOrderList,
): Promise<OrderListRow | undefined> {
  const { view, projections } = dependencies;
  const key: OrderListKey = orderListId === undefined ? { listClientOrderId } : { listId: orderListId };
  const known = view.orderList(account, key);
  if (known !== undefined) return known;
  await untilFresh(dependencies);
  const list =
    "listId" in key
      ? await projections.orderList(key.listId as OrderListId)
      : await projections.orderListByClientId(account, listClientOrderId);
  return list?.account === account ? list : undefined;
}
