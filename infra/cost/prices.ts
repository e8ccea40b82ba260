/**
 * Prices of us-east-1 in USD. `found`: looked up, with the page and the day on which it was read. `assumed`: nothing could be found that says it plainly; it is what
 * AWS's own price page is remembered to say, and is to be checked there before anybody relies on it.
 */
export interface Price {
  readonly usd: number;
  readonly per: string;
  readonly from: { readonly found: string; readonly read: string } | { readonly assumed: string };
}

const READ = "2026-11-30";
const found = (usd: number, per: string, page: string): Price => ({
  usd,
  per,
  from: { found: page, read: READ },
});
const assumed = (usd: number, per: string, page: string): Price => ({ usd, per, from: { assumed: page } });

const FARGATE = "https://www.vantage.sh/blog/fargate-pricing";
const NAT = "https://basavytix.com/blog/aws-nat-gateway-pricing";
const KINESIS = "https://c3x.dev/resources/aws/aws_kinesis_stream";
const ALARMS = "https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm";
const DYNAMODB = "https://airbyte.com/data-engineering-resources/dynamodb-pricing";

export const PRICES = {
  fargateVcpuHour: found(0.03238, "vCPU-hour, arm64", FARGATE),
  fargateGbHour: found(0.00356, "GB-hour, arm64", FARGATE),
  fargateSpotShare: found(
    0.3,
    "of the price, on spot",
    "https://www.wring.co/blog/aws-fargate-pricing-guide",
  ),
  natHour: found(0.045, "NAT gateway-hour", NAT),
  natGb: found(0.045, "GB through NAT", NAT),
  publicAddressHour: found(
    0.005,
    "public IPv4 address-hour",
    "https://cloudburn.io/blog/aws-nat-gateway-pricing",
  ),
  endpointHour: assumed(
    0.01,
    "interface endpoint and zone-hour",
    "https://aws.amazon.com/privatelink/pricing/",
  ),
  albHour: assumed(0.0225, "load balancer-hour", "https://aws.amazon.com/elasticloadbalancing/pricing/"),
  albUnitHour: assumed(0.008, "LCU-hour", "https://aws.amazon.com/elasticloadbalancing/pricing/"),
  kinesisShardHour: found(0.015, "shard-hour", KINESIS),
  kinesisRetentionHour: found(0.02, "shard-hour kept over 24 h", KINESIS),
  kinesisFanOutHour: found(0.015, "consumer and shard-hour", KINESIS),
  kinesisFanOutGb: found(0.013, "GB to a consumer", KINESIS),
  kinesisPutMillion: found(
    0.014,
    "million put units of 25 KB",
    "https://awsnegotiations.com/kinesis-pricing-optimization.html",
  ),
  dynamoWriteMillion: found(0.625, "million write units", DYNAMODB),
  dynamoReadMillion: found(0.125, "million read units", DYNAMODB),
  dynamoWriteUnitHour: found(
    0.00065,
    "provisioned write unit-hour",
    "https://zeonedge.com/en/blog/dynamodb-cost-optimization-on-demand-provisioned-dax-single-table",
  ),
  dynamoReadUnitHour: found(
    0.00013,
    "provisioned read unit-hour",
    "https://zeonedge.com/en/blog/dynamodb-cost-optimization-on-demand-provisioned-dax-single-table",
  ),
  dynamoGbMonth: assumed(0.25, "GB-month", "https://aws.amazon.com/dynamodb/pricing/"),
  dynamoBackupGbMonth: assumed(
    0.2,
    "GB-month that can be restored to any second",
    "https://aws.amazon.com/dynamodb/pricing/",
  ),
  snsFifoMillion: assumed(0.3, "million published messages", "https://aws.amazon.com/sns/pricing/"),
  snsFifoDeliveryMillion: assumed(0.01, "million delivered messages", "https://aws.amazon.com/sns/pricing/"),
  sqsMillion: assumed(0.4, "million requests", "https://aws.amazon.com/sqs/pricing/"),
  sqsFifoMillion: assumed(0.5, "million requests", "https://aws.amazon.com/sqs/pricing/"),
  lambdaGbSecond: assumed(0.0000133334, "GB-second, arm64", "https://aws.amazon.com/lambda/pricing/"),
  lambdaMillion: assumed(0.2, "million calls", "https://aws.amazon.com/lambda/pricing/"),
  cacheT4gMicroHour: assumed(
    0.0128,
    "cache.t4g.micro-hour, Valkey",
    "https://aws.amazon.com/elasticache/pricing/",
  ),
  cacheT4gSmallHour: assumed(
    0.0256,
    "cache.t4g.small-hour, Valkey",
    "https://aws.amazon.com/elasticache/pricing/",
  ),
  cacheT4gMediumHour: assumed(
    0.052,
    "cache.t4g.medium-hour, Valkey",
    "https://aws.amazon.com/elasticache/pricing/",
  ),
  cacheM7gLargeHour: assumed(
    0.1264,
    "cache.m7g.large-hour, Valkey",
    "https://aws.amazon.com/elasticache/pricing/",
  ),
  cacheR7gLargeHour: assumed(
    0.1752,
    "cache.r7g.large-hour, Valkey",
    "https://aws.amazon.com/elasticache/pricing/",
  ),
  auroraAcuHour: assumed(0.12, "ACU-hour", "https://aws.amazon.com/rds/aurora/pricing/"),
  auroraGbMonth: assumed(0.1, "GB-month", "https://aws.amazon.com/rds/aurora/pricing/"),
  searchT3SmallHour: assumed(
    0.036,
    "t3.small.search-hour",
    "https://aws.amazon.com/opensearch-service/pricing/",
  ),
  searchT3MediumHour: assumed(
    0.073,
    "t3.medium.search-hour",
    "https://aws.amazon.com/opensearch-service/pricing/",
  ),
  searchM6gLargeHour: assumed(
    0.128,
    "m6g.large.search-hour",
    "https://aws.amazon.com/opensearch-service/pricing/",
  ),
  searchR6gLargeHour: assumed(
    0.167,
    "r6g.large.search-hour",
    "https://aws.amazon.com/opensearch-service/pricing/",
  ),
  searchGbMonth: assumed(0.122, "GB-month, gp3", "https://aws.amazon.com/opensearch-service/pricing/"),
  keyMonth: assumed(1, "key and Region-month", "https://aws.amazon.com/kms/pricing/"),
  secretMonth: assumed(0.4, "secret-month", "https://aws.amazon.com/secrets-manager/pricing/"),
  alarmMonth: found(0.1, "metric of an alarm-month", ALARMS),
  compositeAlarmMonth: found(0.5, "composite alarm-month", ALARMS),
  customMetricMonth: found(0.3, "metric-month", "https://signoz.io/guides/cloudwatch-pricing"),
  containerMetricMonth: assumed(
    0.07,
    "metric of Container Insights-month",
    "https://aws.amazon.com/cloudwatch/pricing/",
  ),
  logGb: assumed(0.5, "GB of log lines", "https://aws.amazon.com/cloudwatch/pricing/"),
  metricSamplesMillion: assumed(
    0.09,
    "million samples of metrics",
    "https://aws.amazon.com/prometheus/pricing/",
  ),
  grafanaEditorMonth: assumed(9, "editor-month", "https://aws.amazon.com/grafana/pricing/"),
  imageGbMonth: assumed(0.1, "GB-month", "https://aws.amazon.com/ecr/pricing/"),
  fileGbMonth: assumed(0.023, "GB-month", "https://aws.amazon.com/s3/pricing/"),
  zoneMonth: assumed(0.5, "zone-month", "https://aws.amazon.com/route53/pricing/"),
  healthCheckMonth: assumed(
    3.5,
    "health check-month: HTTPS, every 10 s, latency",
    "https://aws.amazon.com/route53/pricing/",
  ),
  wafMonth: assumed(9, "web ACL with 4 rules-month", "https://aws.amazon.com/waf/pricing/"),
  wafMillion: assumed(0.6, "million requests", "https://aws.amazon.com/waf/pricing/"),
  httpApiMillion: assumed(1, "million requests", "https://aws.amazon.com/api-gateway/pricing/"),
  cloudFrontGb: assumed(0.085, "GB out", "https://aws.amazon.com/cloudfront/pricing/"),
  cloudFrontMillion: assumed(1, "million HTTPS requests", "https://aws.amazon.com/cloudfront/pricing/"),
  betweenRegionsGb: assumed(0.02, "GB to another Region", "https://aws.amazon.com/ec2/pricing/on-demand/"),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;

/** How much dearer other Regions are, on the whole. Assumed: lists differ by service. */
export const REGION_FACTOR: Readonly<Record<string, number>> = {
  "us-east-1": 1,
  "eu-west-1": 1.1,
  "ap-northeast-1": 1.25,
};
