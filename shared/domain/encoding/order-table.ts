import type { AccountId, MarketId, OrderId, OrderListId } from "../ids.ts";
import { assert } from "../invariant.ts";
import { type OpenOrder, ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "../order.ts";
import { type ByteReader, DecodingError } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type RememberedIdsRead, type RememberedIdsWritten, sizeOf } from "./remembered-ids.ts";
import { readRows, Table, writeRows } from "./table.ts";

/**
 * The columns of a table of orders. An account stands by its place among those of its market, a word by its place in its list; `remembered` is one more than
 * the place of its client order id among those that are remembered, or 0. The client order ids, whose lengths are `idSize`, stand behind each block.
 */
export const ORDER_COLUMN = {
  account: 0,
  idSize: 1,
  orderId: 2,
  side: 3,
  type: 4,
  timeInForce: 5,
  selfTradePrevention: 6,
  price: 7,
  quantity: 8,
  stopPrice: 9,
  trailingDelta: 10,
  icebergQuantity: 11,
  goodTillDate: 12,
  listId: 13,
  executed: 14,
  executedQuote: 15,
  prevented: 16,
  visible: 17,
  priority: 18,
  extreme: 19,
  lockPrice: 20,
  locked: 21,
  time: 22,
  workingTime: 23,
  remembered: 24,
} as const;
type Column = keyof typeof ORDER_COLUMN;
const COLUMNS = Object.keys(ORDER_COLUMN) as Column[];
export const ORDER_COLUMNS = COLUMNS.length;

const utf8 = new TextEncoder();

const table = new Table(ORDER_COLUMNS);

/** Writes orders of a market; `accounts` tells the places of its accounts. */
export function writeOrders(
  writer: ByteWriter,
  orders: readonly OpenOrder[],
  market: MarketId,
  accounts: ReadonlyMap<AccountId, number>,
  ids: RememberedIdsWritten,
): void {
  assert(
    orders.every((order) => order.market === market),
    "an order stands with its market",
  );
  const numberOf = (column: Column) => (order: OpenOrder) => {
    switch (column) {
      case "account":
        return accounts.get(order.account) as number;
      case "idSize":
        return sizeOf(order.clientOrderId);
      case "remembered":
        return ids.numberOf(order);
      case "side":
        return SIDES.indexOf(order.side);
      case "type":
        return ORDER_TYPES.indexOf(order.type);
      case "timeInForce":
        return TIMES_IN_FORCE.indexOf(order.timeInForce);
      case "selfTradePrevention":
        return SELF_TRADE_PREVENTIONS.indexOf(order.selfTradePrevention);
      default:
        return order[column];
    }
  };
  writeRows(writer, table, orders, COLUMNS.map(numberOf), ({ clientOrderId }) =>
    writer.raw(utf8.encode(clientOrderId)),
  );
}

/** Reads them; each account that has one joins `named`. */
export function readOrders(
  reader: ByteReader,
  market: MarketId,
  accounts: readonly AccountId[],
  ids: RememberedIdsRead,
  named: Set<AccountId>,
): OpenOrder[] {
  return readRows(reader, table, (columns, row) => {
    const at = (column: Column) => columns[ORDER_COLUMN[column]]?.[row] as number;
    const account = accounts[at("account")];
    if (account === undefined) throw new DecodingError("an order is of no account");
    named.add(account);
    const clientOrderId = reader.textOf(at("idSize"));
    ids.tell(at("remembered"), { account, clientOrderId });
    return {
      account,
      market,
      orderId: at("orderId") as OrderId,
      clientOrderId,
      side: wordOf(SIDES, at("side")),
      type: wordOf(ORDER_TYPES, at("type")),
      timeInForce: wordOf(TIMES_IN_FORCE, at("timeInForce")),
      selfTradePrevention: wordOf(SELF_TRADE_PREVENTIONS, at("selfTradePrevention")),
      price: at("price"),
      quantity: at("quantity"),
      stopPrice: at("stopPrice"),
      trailingDelta: at("trailingDelta"),
      icebergQuantity: at("icebergQuantity"),
      goodTillDate: at("goodTillDate"),
      listId: at("listId") as OrderListId,
      executed: at("executed"),
      executedQuote: at("executedQuote"),
      prevented: at("prevented"),
      visible: at("visible"),
      priority: at("priority"),
      extreme: at("extreme"),
      lockPrice: at("lockPrice"),
      locked: at("locked"),
      time: at("time"),
      workingTime: at("workingTime"),
    };
  });
}

function wordOf<T extends string>(words: readonly T[], place: number): T {
  const word = words[place];
  if (word === undefined) throw new DecodingError("an unknown word");
  return word;
}
