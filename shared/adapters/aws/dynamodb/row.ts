import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { assert } from "#shared/domain/invariant.ts";

/** An item of a table, in the program's own values. Numbers are integers that JavaScript holds exactly; DynamoDB keeps 38 digits. */
export type Row = Readonly<Record<string, Value>>;
export type Value = string | number | boolean | Uint8Array;

/** A row in DynamoDB's form. Throws `InvariantViolation` for a number that is no safe integer: money and ids never are. */
export function toItem(row: Row): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toAttribute(value, name)]));
}

export function toAttribute(value: Value, name: string): AttributeValue {
  switch (typeof value) {
    case "string":
      return { S: value };
    case "number":
      assert(Number.isSafeInteger(value), `${name} is no safe integer: ${value}`);
      return { N: String(value) };
    case "boolean":
      return { BOOL: value };
    default:
      return { B: value };
  }
}

export function toRow(item: Record<string, AttributeValue>): Row {
  return Object.fromEntries(
    Object.entries(item).map(([name, attribute]) => [name, toValue(attribute, name)]),
  );
}

function toValue(attribute: AttributeValue, name: string): Value {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  assert(attribute.B !== undefined, `${name} has a type that no table of ours holds`);
  return attribute.B;
}

/** The attribute of a row that must be there, as text. */
export function textOf(row: Row, name: string): string {
  const value = row[name];
  assert(typeof value === "string", `${name} is text`);
  return value;
}

export function numberOf(row: Row, name: string): number {
  const value = row[name];
  assert(typeof value === "number", `${name} is a number`);
  return value;
}

export function bytesOf(row: Row, name: string): Uint8Array {
  const value = row[name];
  assert(value instanceof Uint8Array, `${name} is bytes`);
  return value;
}

/** Numbers in keys of text sort as they count. */
export function sortable(number: number): string {
  assert(Number.isSafeInteger(number) && number >= 0, `${number} counts something`);
  return String(number).padStart(16, "0");
}
