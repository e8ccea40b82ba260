import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type Row, toAttribute, toItem, type Value } from "./row.ts";

/** What must hold of the item that is there: an expression in DynamoDB's language. Attributes are named `#so`, values `:so`; values are given beside it. */
export interface Condition {
  readonly expression: string;
  readonly values?: Row;
}

/** The item must not be there yet. */
export const IS_NEW: Condition = { expression: "attribute_not_exists(#pk)" };

/** The item must be as it was when it had this version; 0: it must not be there yet. */
export function isAtVersion(version: number): Condition {
  return version === 0
    ? IS_NEW
    : { expression: "#version = :wantedVersion", values: { wantedVersion: version } };
}

export interface Update {
  readonly set: Row;
  readonly condition?: Condition;
}

/** Items of one hash key, in the order of the range key. */
export interface Query {
  readonly index?: string;
  readonly hash: readonly [name: string, value: Value];
  /** Bounds of the range key, inclusive. */
  readonly range?: { readonly name: string; readonly from?: Value; readonly to?: Value };
  /** The last first. */
  readonly isBackward?: boolean;
  /** Others are passed over after they were read, and paid for. */
  readonly filter?: Condition;
  readonly limit: number;
}

export interface ConditionFields {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
  readonly ReturnValuesOnConditionCheckFailure?: "ALL_OLD";
}

export function conditionFields(condition: Condition | undefined): ConditionFields {
  if (condition === undefined) return {};
  const { expression, values } = condition;
  return {
    ConditionExpression: expression,
    ExpressionAttributeNames: namesIn(expression),
    ...(values === undefined ? {} : { ExpressionAttributeValues: placeholders(values) }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}

/** The same as what is read is passed on by. */
export function filterFields({ expression, values = {} }: Condition) {
  return {
    FilterExpression: expression,
    ExpressionAttributeNames: namesIn(expression),
    ExpressionAttributeValues: placeholders(values),
  };
}

/** What DynamoDB may look at for one page; of a filter it is not told how many are still wanted. */
const PAGE_MAX = 1000;

export function queryInput(query: Query, limit: number) {
  const { index, hash, range, isBackward = false, filter } = query;
  const [hashName, hashValue] = hash;
  const values: Record<string, AttributeValue> = {
    ":hash": toAttribute(hashValue, hashName),
    ...(filter?.values === undefined ? {} : placeholders(filter.values)),
  };
  let key = "#hash = :hash";
  const names: Record<string, string> = { "#hash": hashName, ...namesIn(filter?.expression ?? "") };
  if (range !== undefined && (range.from !== undefined || range.to !== undefined)) {
    const { name, from, to } = range;
    names["#range"] = name;
    if (from !== undefined) values[":from"] = toAttribute(from, name);
    if (to !== undefined) values[":to"] = toAttribute(to, name);
    if (from !== undefined && to !== undefined) key += " AND #range BETWEEN :from AND :to";
    else key += from !== undefined ? " AND #range >= :from" : " AND #range <= :to";
  }
  return {
    ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
    KeyConditionExpression: key,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ScanIndexForward: !isBackward,
    ...(filter === undefined ? {} : { FilterExpression: filter.expression }),
    Limit: filter === undefined ? Math.min(limit, PAGE_MAX) : PAGE_MAX,
  };
}

function placeholders(values: Row): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(toItem(values)).map(([name, value]) => [`:${name}`, value]));
}

/** Names are always given aside: many of ours (time, status, type) are words of the language. */
function namesIn(expression: string): Record<string, string> {
  return Object.fromEntries([...expression.matchAll(/#(\w+)/g)].map(([mark, name = ""]) => [mark, name]));
}
