import type { Price } from "#infra/cost/prices.ts";

/** A limit that AWS sets. `found` and `assumed` as for prices: what no page that could be read says is marked, and is to be checked. */
export interface Quota {
  readonly service: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** AWS raises it on request. */
  readonly canBeRaised: boolean;
  readonly from: Price["from"];
}

const READ = "2026-11-30";

function quota(
  service: string,
  what: string,
  [value, unit]: readonly [number, string],
  from: { readonly found: string } | { readonly assumed: string },
  canBeRaised = false,
): Quota {
  return {
    ...{ service, what, value, unit, canBeRaised },
    from: "found" in from ? { found: from.found, read: READ } : from,
  };
}

const KINESIS = { found: "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html" };
const FAN_OUT = { found: "https://docs.aws.amazon.com/streams/latest/dev/enhanced-consumers.html" };
const DYNAMODB = {
  found: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
};
const DYNAMODB_PARTITION = {
  found: "https://repost.aws/knowledge-center/on-demand-table-throttling-dynamodb",
};
const SNS_GROUP_SCOPE = { found: "https://zircon.tech/?p=3781" };
const SQS = {
  found: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html",
};
const LAMBDA_SQS = { found: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html" };
const API_GATEWAY = { found: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html" };

export const QUOTAS = {
  kinesisWriteBytes: quota("Kinesis", "written to a Kinesis shard", [1_000_000, "bytes/s"], KINESIS),
  kinesisWriteRecords: quota("Kinesis", "written to a Kinesis shard", [1000, "records/s"], KINESIS),
  kinesisConsumerBytes: quota("Kinesis", "read by each consumer of a shard", [2_000_000, "bytes/s"], FAN_OUT),
  kinesisConsumers: quota(
    "Kinesis",
    "enhanced fan-out consumers of a provisioned stream",
    [20, "consumers"],
    FAN_OUT,
  ),
  kinesisShards: quota(
    "Kinesis",
    "shards of an account in us-east-1, us-west-2 and eu-west-1",
    [20_000, "shards"],
    KINESIS,
    true,
  ),
  kinesisShardsElsewhere: quota(
    "Kinesis",
    "shards of an account in other Regions, the lower of two defaults",
    [1000, "shards"],
    KINESIS,
    true,
  ),
  dynamoPartitionWrites: quota("DynamoDB", "written to a partition", [1000, "units/s"], DYNAMODB_PARTITION),
  dynamoNewTableWrites: quota(
    "DynamoDB",
    "written to a new on-demand table at once",
    [4000, "units/s"],
    DYNAMODB_PARTITION,
  ),
  dynamoTableWrites: quota("DynamoDB", "written to a table", [40_000, "units/s"], DYNAMODB, true),
  snsGroupMessages: quota("SNS FIFO", "published to a message group", [300, "messages/s"], SNS_GROUP_SCOPE),
  snsMessages: quota(
    "SNS FIFO",
    "published by an account in us-east-1 (30,000), in eu-west-1 and us-west-2 (this)",
    [9000, "messages/s"],
    SNS_GROUP_SCOPE,
    true,
  ),
  sqsCalls: quota(
    "SQS FIFO",
    "calls of each action on a queue in us-east-1, us-west-2 and eu-west-1",
    [70_000, "calls/s"],
    SQS,
  ),
  sqsCallsElsewhere: quota(
    "SQS FIFO",
    "calls of each action on a queue in ap-northeast-1",
    [9000, "calls/s"],
    {
      found:
        "https://stackpioneers.com/2023/10/25/amazon-sqs-increased-throughput-quota-for-fifo-high-throughput-mode",
    },
  ),
  lambdaBatch: quota("Lambda", "messages of a FIFO queue in a call", [10, "messages"], {
    found: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html",
  }),
  lambdaGroupCalls: quota("Lambda", "calls at a time for a message group", [1, "call"], LAMBDA_SQS),
  lambdaConcurrency: quota("Lambda", "calls at a time in an account", [1000, "calls"], LAMBDA_SQS, true),
  apiRequests: quota(
    "API Gateway",
    "requests of an account in a Region",
    [10_000, "requests/s"],
    API_GATEWAY,
    true,
  ),
  webSocketConnects: quota(
    "API Gateway",
    "new WebSocket connections of an account in a Region",
    [500, "connections/s"],
    {
      found:
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html",
    },
    true,
  ),
  cloudFrontRequests: quota(
    "CloudFront",
    "requests of a distribution",
    [250_000, "requests/s"],
    { found: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html" },
    true,
  ),
  fargateStarts: quota(
    "Fargate",
    "tasks started, after a burst of 100",
    [20, "tasks/s"],
    { found: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html" },
    true,
  ),
  ecsServiceTasks: quota(
    "ECS",
    "tasks of a service",
    [5000, "tasks"],
    { assumed: "https://docs.aws.amazon.com/general/latest/gr/ecs-service.html" },
    true,
  ),
  cacheNodeBytes: quota("ElastiCache", "out of a cache.m7g.large, sustained", [117_000_000, "bytes/s"], {
    assumed: "https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html",
  }),
  auroraUnits: quota("Aurora", "capacity units of an instance", [256, "units"], {
    assumed:
      "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html",
  }),
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof QUOTAS;
