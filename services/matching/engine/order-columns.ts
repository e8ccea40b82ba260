import { ORDER_COLUMN, ORDER_COLUMNS } from "#shared/domain/encoding/order-table.ts";
import { Table } from "#shared/domain/encoding/table.ts";

/** The table of orders of a snapshot that is written or read at present: one at a time is. */
export const orderTable = new Table(ORDER_COLUMNS);

/** Its columns. Who reads or writes them takes them into constants of a module of its own, which the compiler folds. */
export const COLUMNS = {
  accounts: columnOf("account"),
  idSizes: columnOf("idSize"),
  orderIds: columnOf("orderId"),
  sides: columnOf("side"),
  types: columnOf("type"),
  timesInForce: columnOf("timeInForce"),
  preventions: columnOf("selfTradePrevention"),
  prices: columnOf("price"),
  quantities: columnOf("quantity"),
  stopPrices: columnOf("stopPrice"),
  trailingDeltas: columnOf("trailingDelta"),
  icebergQuantities: columnOf("icebergQuantity"),
  goodTillDates: columnOf("goodTillDate"),
  listIds: columnOf("listId"),
  executeds: columnOf("executed"),
  executedQuotes: columnOf("executedQuote"),
  prevented: columnOf("prevented"),
  visibles: columnOf("visible"),
  priorities: columnOf("priority"),
  extremes: columnOf("extreme"),
  lockPrices: columnOf("lockPrice"),
  lockeds: columnOf("locked"),
  times: columnOf("time"),
  workingTimes: columnOf("workingTime"),
  remembered: columnOf("remembered"),
} as const;

function columnOf(name: keyof typeof ORDER_COLUMN): Float64Array {
  return orderTable.columns[ORDER_COLUMN[name]] as Float64Array;
}
