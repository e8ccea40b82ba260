import type { Row, Value } from "#shared/adapters/aws/dynamodb/row.ts";
import { TABLES, type TableName } from "#shared/adapters/aws/dynamodb/tables.ts";

const WRITE_UNIT_BYTES = 1024;
/** An entry of an index: its keys, and 100 bytes that DynamoDB adds (Developer Guide, "Storage considerations for Global Secondary Indexes"). */
const INDEX_OVERHEAD_BYTES = 100;

/** What DynamoDB counts an item for: names and values (Developer Guide, "DynamoDB item sizes and formats"). */
export function itemBytes(row: Row): number {
  return Object.entries(row).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: Value): number {
  switch (typeof value) {
    case "string":
      return Buffer.byteLength(value);
    case "number":
      // About a byte for two digits, and one more.
      return Math.ceil(String(Math.abs(value)).replace(/0+$/, "").length / 2) + 1;
    case "boolean":
      return 1;
    default:
      return value.length;
  }
}

/** Write units of an item and of its entries in the table's indexes; `isNew` false: keys of indexes are as they were. */
export function writeUnits(table: TableName, row: Row, isNew: boolean): number {
  let units = unitsOf(itemBytes(row));
  for (const index of TABLES[table].indexes) {
    if (row[index.hashKey.name] === undefined) continue;
    if (index.projection === "ALL") units += unitsOf(itemBytes(row) + INDEX_OVERHEAD_BYTES);
    else if (isNew) units += 1;
  }
  return units;
}

export function unitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}
