import { TABLES, type TableName, tableNameOf } from "#shared/adapters/aws/dynamodb/tables.ts";
import { arn, resourceName, streamArn } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM, matchingConsumer, ZONE_SLOTS } from "#shared/config/aws/streams.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { MatchingGroup } from "../environments/environment.ts";
import type { Statement } from "../policy-document.ts";
import { secretArnPattern } from "../secret.ts";
import { linkQueueArn } from "./link-queues.ts";
import { busOf } from "./outcome-topics.ts";
import type { RegionBase } from "./region-stack-types.ts";

/** What services may do, in the words of what they do. Each is as narrow as AWS lets it be. */

const READ_ITEMS = ["dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query"];
const WRITE_ITEMS = [
  "dynamodb:BatchWriteItem",
  "dynamodb:ConditionCheckItem",
  "dynamodb:DeleteItem",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
];

function deploymentOf({ stack }: RegionBase) {
  return { environment: stack.environment.name, accountId: stack.accountId };
}

/** Tables with their indexes, in a Region. */
function tables(base: RegionBase, names: readonly TableName[], region: string): string[] {
  const prefix = `meridian-${base.stack.environment.name}`;
  return names.flatMap((name) => {
    const table = arn("dynamodb", region, base.stack.accountId, `table/${tableNameOf(prefix, name)}`);
    return TABLES[name].indexes.length > 0 ? [table, `${table}/index/*`] : [table];
  });
}

export function readTables(base: RegionBase, ...names: readonly TableName[]): Statement {
  return { actions: READ_ITEMS, resources: tables(base, names, base.stack.region) };
}

export function writeTables(base: RegionBase, ...names: readonly TableName[]): Statement {
  return { actions: [...READ_ITEMS, ...WRITE_ITEMS], resources: tables(base, names, base.stack.region) };
}

/** Looks through tables whole: what makes them anew finds rows by it that no outcome tells of. */
export function searchTables(base: RegionBase, ...names: readonly TableName[]): Statement {
  const prefix = `meridian-${base.stack.environment.name}`;
  return {
    actions: ["dynamodb:Scan"],
    resources: names.map((name) =>
      arn("dynamodb", base.stack.region, base.stack.accountId, `table/${tableNameOf(prefix, name)}`),
    ),
  };
}

/** Users, keys and the numbers of accounts are written in one Region, whichever Region's gateway makes them. */
export function writeUsers(base: RegionBase): Statement[] {
  const [home] = base.stack.environment.regions;
  if (home === undefined || home.name === base.stack.region) return [];
  return [
    { actions: [...READ_ITEMS, ...WRITE_ITEMS], resources: tables(base, ["identity"], home.name) },
    {
      actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
      resources: tables(base, ["memory"], home.name),
      conditions: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["COUNTER#accounts"] } },
    },
  ];
}

/** Adds to the audit trail and reads it: nobody who runs here may change or delete what is in it. */
export function appendAudit(base: RegionBase): Statement {
  return {
    actions: ["dynamodb:PutItem", "dynamodb:Query"],
    resources: tables(base, ["audit"], base.stack.region),
  };
}

/** Reads what changes in a table, as it changes. */
export function followTable(base: RegionBase, name: TableName): Statement {
  const [table = ""] = tables(base, [name], base.stack.region);
  return {
    actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    resources: [`${table}/stream/*`],
  };
}

/** What Lambda asks with a function's role before it follows a table. */
export function listStreams(base: RegionBase, name: TableName): Statement {
  const [table = ""] = tables(base, [name], base.stack.region);
  return { actions: ["dynamodb:ListStreams"], resources: [`${table}/stream/*`] };
}

/** The acceptors of all Regions: a majority of them decides who owns a shard. Compare and set needs a read and a conditional write, nothing else. */
export function askAcceptors(base: RegionBase): Statement {
  return {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    resources: base.stack.environment.regions.flatMap(({ name }) => tables(base, ["acceptor"], name)),
  };
}

/** Appends to the logs of all Regions: a gateway appends to the log of whoever owns the shard. */
export function appendCommands(base: RegionBase): Statement {
  return {
    actions: ["kinesis:PutRecord"],
    resources: base.stack.environment.regions.map(({ name }) =>
      streamArn(deploymentOf(base), name, COMMAND_STREAM.name),
    ),
  };
}

/** Reads the logs of all Regions: as the Region's fixed consumers, and by polling where that fails. */
export function followCommands(base: RegionBase): Statement[] {
  const consumers = ZONE_SLOTS.map((slot) => matchingConsumer(base.stack.region, slot));
  const streams = base.stack.environment.regions.map(({ name }) =>
    streamArn(deploymentOf(base), name, COMMAND_STREAM.name),
  );
  return [
    {
      actions: [
        "kinesis:DescribeStreamConsumer",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      resources: streams,
    },
    {
      actions: ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
      // A consumer's ARN ends with the second of its registration.
      resources: streams.flatMap((stream) => consumers.map((consumer) => `${stream}/consumer/${consumer}:*`)),
    },
  ];
}

/** Where positions of other Regions' logs stand in their streams, and up to where each was trimmed: made there, read here. */
export function readForeignMarks(base: RegionBase): Statement[] {
  const others = base.stack.environment.regions.filter(({ name }) => name !== base.stack.region);
  if (others.length === 0) return [];
  return [
    { actions: ["dynamodb:Query"], resources: others.flatMap(({ name }) => tables(base, ["marks"], name)) },
    {
      actions: ["dynamodb:GetItem"],
      resources: others.flatMap(({ name }) => tables(base, ["memory"], name)),
      conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["TRIM#*"] } },
    },
  ];
}

/** Asks the tasks of other Regions that publish the same shards, and reads what they ask and answer. */
export function linkRegions(base: RegionBase, group: MatchingGroup): Statement[] {
  const { stack } = base;
  const others = stack.environment.regions.filter(({ name }) => name !== stack.region);
  if (others.length === 0) return [];
  return [
    {
      actions: ["sqs:GetQueueUrl", "sqs:SendMessage"],
      resources: others.map(({ name }) => linkQueueArn(stack, name, group)),
    },
    {
      actions: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
      resources: [linkQueueArn(stack, stack.region, group)],
    },
  ];
}

export function publishMarketFeed(base: RegionBase, stream: string): Statement {
  return {
    actions: ["kinesis:ListShards", "kinesis:PutRecords"],
    resources: [streamArn(deploymentOf(base), base.stack.region, stream)],
  };
}

export function publishOutcomes(base: RegionBase): Statement {
  return {
    actions: ["sns:Publish"],
    resources: busOf(base.stack).topics.map(({ name }) =>
      arn("sns", base.stack.region, base.stack.accountId, name),
    ),
  };
}

export function consumeQueue(base: RegionBase, consumer: Consumer): Statement {
  return {
    actions: [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ],
    resources: [queueArnOf(base, consumer)],
  };
}

/** Looks at how much waits in every queue of the Region, and brings dead letters back: takes them from a dead-letter queue, and sends them to the queue that they came from. */
export function operateQueues({ stack }: RegionBase): Statement[] {
  const arnOf = (name: string) => arn("sqs", stack.region, stack.accountId, name);
  const { queues } = busOf(stack);
  const own = queues.map(({ name }) => arnOf(name));
  const dead = queues.map(({ deadName }) => arnOf(deadName));
  return [
    { actions: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"], resources: [...own, ...dead] },
    { actions: ["sqs:DeleteMessage", "sqs:ReceiveMessage"], resources: dead },
    { actions: ["sqs:SendMessage"], resources: own },
  ];
}

/** Asks where a consumer's queues are. */
export function findQueues(base: RegionBase, consumer: Consumer): Statement {
  const queue = busOf(base.stack).queues.find((one) => one.consumer === consumer);
  const names = queue === undefined ? [] : [queue.name, queue.deadName];
  return {
    actions: ["sqs:GetQueueUrl"],
    resources: names.map((name) => arn("sqs", base.stack.region, base.stack.accountId, name)),
  };
}

/** The ARN of a consumer's queue. */
export function queueArnOf({ stack }: RegionBase, consumer: Consumer): string {
  const queue = busOf(stack).queues.find((one) => one.consumer === consumer);
  if (queue === undefined) throw new Error(`no queue of ${consumer}`);
  return arn("sqs", stack.region, stack.accountId, queue.name);
}

/**
 * Uses the data keys, by way of the services that store with them. Keys of other Regions too: their streams and acceptors are encrypted with
 * the same multi-Region key's copies.
 */
export function dataKeys(base: RegionBase, ...services: readonly string[]): Statement {
  return {
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [...base.dataKeyArns.values()],
    conditions: {
      StringEquals: {
        "kms:ViaService": base.stack.environment.regions.flatMap(({ name }) =>
          services.map((service) => `${service}.${name}.amazonaws.com`),
        ),
      },
    },
  };
}

/** Opens what was sealed: the secrets of API keys and webhooks. Gateways seal too, and the notifier the links in mails. */
export function sealingKey(base: RegionBase, ...uses: readonly ("open" | "seal")[]): Statement {
  return {
    actions: uses.flatMap((use) =>
      use === "open" ? ["kms:Decrypt"] : ["kms:Encrypt", "kms:GenerateDataKey"],
    ),
    resources: [base.sealingKeyArn],
  };
}

/** The environment's one sender of mail. */
export function mailFrom({ stack }: RegionBase): string {
  return `no-reply@${stack.environment.owner.domain}`;
}

/** Sends mail from that address alone, by the environment's identity alone. */
export function sendMail(base: RegionBase): Statement {
  const { region, accountId, environment } = base.stack;
  return {
    actions: ["ses:SendEmail"],
    resources: [`arn:aws:ses:${region}:${accountId}:identity/${environment.owner.domain}`],
    conditions: { StringEquals: { "ses:FromAddress": mailFrom(base) } },
  };
}

export function readSecrets(base: RegionBase, ...names: readonly string[]): Statement {
  return {
    actions: ["secretsmanager:GetSecretValue"],
    resources: names.map((name) => secretArnPattern(base.stack, name)),
  };
}

/** Traces have no resources to name; metrics go to one workspace. */
export function sendTelemetry({ stack, metrics }: RegionBase): Statement[] {
  return [
    {
      actions: [
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ],
      resources: ["*"],
    },
    { actions: ["aps:RemoteWrite"], resources: [metrics.workspaceArn] },
    {
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [
        `arn:aws:logs:${stack.region}:${stack.accountId}:log-group:/${resourceName(stack.environment.name, "*")}`,
      ],
    },
  ];
}
