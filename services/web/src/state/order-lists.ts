import type { ListKind } from "./types.ts";

/** An order list, as its status is told and as GET /api/v3/allOrderList lists it. */
export interface ListStatus {
  readonly orderListId: number;
  readonly contingencyType: "OCO" | "OTO";
  readonly orders: readonly { readonly orderId: number }[];
}

/** The kind of each list, by its id. Binance calls an OTOCO an OTO too: its three orders tell it. */
export function kindsOf(lists: readonly ListStatus[]): Readonly<Record<number, ListKind>> {
  return Object.fromEntries(
    lists.map(({ orderListId, contingencyType, orders }) => [
      orderListId,
      orders.length === 3 ? "OTOCO" : contingencyType,
    ]),
  );
}
