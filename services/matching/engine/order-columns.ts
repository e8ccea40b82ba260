import { ORDER_COLUMN, ORDER_COLUMNS } from "#shared/domain/encoding/order-table.ts";
import { Table } from "#shared/domain/encoding/table.ts";

/** The table of orders of a snapshot that is written or read at present: one at a time is. */
export const orderTable = new Table(ORDER_COLUMNS);

/** A column of it by its name. */
export function columnOf(name: keyof typeof ORDER_COLUMN): Float64Array {
  return orderTable.columns[ORDER_COLUMN[name]] as Float64Array;
}
