/** How OpenSearch keeps a field: found by its whole value, by its number, or by its words. */
export type FieldType = "keyword" | "long" | "boolean" | "text" | "date";

export interface FieldDefinition {
  readonly type: FieldType;
  readonly help: string;
}

const field = <T extends FieldType>(type: T, help: string) => ({ type, help }) as const;

/** What a line says of an event; nothing else can be logged. None of them holds a secret, and what looks like one is struck out all the same. */
export const EVENT_FIELDS = {
  shard: field("keyword", "The shard that it is about."),
  branch: field("keyword", "The branch of the place that it is about."),
  seq: field("long", "The seq of that place."),
  epoch: field("long", "The epoch of the reign."),
  market: field("keyword", "The market."),
  account: field("long", "The account: a number, no person."),
  keyName: field(
    "keyword",
    "The first characters of an API key, which name it and open nothing; `others` for what was too many.",
  ),
  requests: field("long", "Requests by it within a minute."),
  refused: field("long", "How many of them were refused."),
  route: field("keyword", "Where a shard's commands go now: own, remote, fork, unreachable."),
  owner: field("keyword", "The Region that owns the shard, as this one knows."),
  requestId: field("keyword", "The request, as its answer's X-Request-Id names it."),
  method: field("keyword", "The request's HTTP method."),
  path: field("keyword", "The request's path, without its query."),
  status: field("long", "The HTTP status of its answer; 0 where its client was gone before."),
  socketEvent: field("keyword", "The message over Socket.IO."),
  log: field("keyword", "The log, by its shard and its Region."),
  position: field("long", "The position in it."),
  streamShard: field("keyword", "The shard of the stream that it stands in."),
  sequenceNumber: field("keyword", "The record of the stream."),
  table: field("keyword", "The table of DynamoDB."),
  busEvent: field("keyword", "The name of a message of the bus."),
  consumer: field("keyword", "The consumer of the bus."),
  subscription: field("keyword", "The webhook or mail that somebody asked for."),
  kind: field("keyword", "The kind of a request between Regions, or of a command."),
  reason: field("keyword", "Why."),
  code: field("long", "The code of a refusal, as docs/errors.md has it."),
  from: field("keyword", "Who had it before: a zone, a Region."),
  to: field("keyword", "Who has it now."),
  difference: field("keyword", "By how much books differ, in smallest units."),
  step: field("keyword", "What was done just now of something that takes several steps."),
  stepMs: field("long", "How long it took, ms."),
  elapsedMs: field("long", "Since the first step began, ms."),
  fork: field("keyword", "The fork that is reconciled."),
  conflicted: field("long", "Provisional fills that were conflicted."),
  operator: field("keyword", "The operator's name in the audit trail."),
  operation: field("keyword", "What the operator asked for, as the API's operations are called."),
  outcome: field("keyword", "What became of it: begun, done, refused, failed."),
} as const satisfies Record<string, FieldDefinition>;

/** What every line carries by itself. */
export const LINE_FIELDS = {
  "@timestamp": field("date", "When, UTC."),
  level: field("keyword", "debug, info, warn, error."),
  event: field("keyword", "What happened, in one word."),
  service: field("keyword", "The service that says it."),
  region: field("keyword", "Its Region."),
  zone: field("keyword", "Its zone, where it is in one."),
  pid: field("long", "Its process."),
  traceId: field("keyword", "The trace that it belongs to."),
  spanId: field("keyword", "The span in it."),
  "error.name": field("keyword", "The error's class."),
  "error.message": field("text", "What it says."),
  "error.stack": field("text", "Where it was thrown."),
} as const satisfies Record<string, FieldDefinition>;

type ValueOf<T extends FieldType> = T extends "long" ? number : T extends "boolean" ? boolean : string;
type EventField = keyof typeof EVENT_FIELDS;

/** Fields of an event; `err` is whatever was thrown. */
export type LogFields = {
  readonly [N in EventField]?: ValueOf<(typeof EVENT_FIELDS)[N]["type"]> | undefined;
} & { readonly err?: unknown };
