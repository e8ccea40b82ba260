import { MONTH_HOURS } from "#infra/cost/estimate.ts";
import { PRICES, type PriceName } from "#infra/cost/prices.ts";
import type { Block, Resource } from "#infra/offline/terraform-json.ts";

/** What API Gateway measures of a route. */
const ROUTE_METRICS = 6;

/** How many units of a price stand in synthesized stacks, a month, for each price that can be counted there. */
export function standingUnits(resources: readonly Resource[]): ReadonlyMap<PriceName, number> {
  const of = (type: string) => resources.filter((one) => one.type === type).map(({ block }) => block);
  const named = (type: string, reference: unknown) =>
    resources.find((one) => one.type === type && reference === `\${${type}.${one.name}.arn}`)?.block;
  const sum = (blocks: readonly Block[], value: (block: Block) => number) =>
    blocks.reduce((total, block) => total + value(block), 0);
  const hours = (count: number) => count * MONTH_HOURS;
  const balancers = of("aws_lb");
  const interfaces = of("aws_vpc_endpoint").filter((one) => one.vpc_endpoint_type === "Interface");
  const shards = (stream: Block | undefined) => Number(stream?.shard_count);
  const routes = of("aws_apigatewayv2_stage").flatMap((one) => blocksOf(one.route_settings));
  const tables = of("aws_dynamodb_table").filter((one) => one.billing_mode === "PROVISIONED");
  const fargate = (value: (task: Block) => number) =>
    hours(
      sum(of("aws_ecs_service"), (service) => {
        const [strategy] = blocksOf(service.capacity_provider_strategy);
        const share = strategy?.capacity_provider === "FARGATE_SPOT" ? PRICES.fargateSpotShare.usd : 1;
        const task = named("aws_ecs_task_definition", service.task_definition) ?? {};
        return Number(service.desired_count) * value(task) * share;
      }),
    );

  return new Map<PriceName, number>([
    ["fargateVcpuHour", fargate(({ cpu }) => Number(cpu) / 1024)],
    ["fargateGbHour", fargate(({ memory }) => Number(memory) / 1024)],
    ["natHour", hours(of("aws_nat_gateway").length)],
    [
      "publicAddressHour",
      hours(
        of("aws_eip").length +
          sum(
            balancers.filter(({ internal }) => internal !== true),
            ({ subnets }) => (subnets as string[]).length,
          ),
      ),
    ],
    ["albHour", hours(balancers.length)],
    ["endpointHour", hours(sum(interfaces, ({ subnet_ids }) => (subnet_ids as string[]).length))],
    ["kinesisShardHour", hours(sum(of("aws_kinesis_stream"), shards))],
    [
      "kinesisFanOutHour",
      hours(
        sum(of("aws_kinesis_stream_consumer"), ({ stream_arn }) =>
          shards(named("aws_kinesis_stream", stream_arn)),
        ),
      ),
    ],
    ["dynamoWriteUnitHour", hours(sum(tables, ({ write_capacity }) => Number(write_capacity)))],
    ["dynamoReadUnitHour", hours(sum(tables, ({ read_capacity }) => Number(read_capacity)))],
    ["keyMonth", of("aws_kms_key").length + of("aws_kms_replica_key").length],
    ["secretMonth", sum(of("aws_secretsmanager_secret"), ({ replica }) => 1 + blocksOf(replica).length)],
    [
      "alarmMonth",
      sum(of("aws_cloudwatch_metric_alarm"), ({ metric_query }) => Math.max(1, metricsOf(metric_query))) +
        sum(of("aws_appautoscaling_policy"), alarmsOfScaling),
    ],
    ["compositeAlarmMonth", of("aws_cloudwatch_composite_alarm").length],
    [
      "customMetricMonth",
      routes.filter((one) => one.detailed_metrics_enabled === true).length * ROUTE_METRICS,
    ],
    ["healthCheckMonth", of("aws_route53_health_check").length],
    ["zoneMonth", of("aws_route53_zone").length],
    ["wafMonth", of("aws_wafv2_web_acl").length],
    [
      "searchGbMonth",
      sum(of("aws_opensearch_domain"), ({ cluster_config, ebs_options }) => {
        const [cluster] = blocksOf(cluster_config);
        const [disk] = blocksOf(ebs_options);
        return Number(cluster?.instance_count) * Number(disk?.volume_size);
      }),
    ],
  ]);
}

/** A policy that tracks a target makes two alarms, each of as many metrics as it looks at. */
function alarmsOfScaling({ target_tracking_scaling_policy_configuration: configuration }: Block): number {
  const [tracked] = blocksOf(configuration);
  const [customized] = blocksOf(tracked?.customized_metric_specification);
  return 2 * Math.max(1, metricsOf(customized?.metrics));
}

/** Metrics of a list of queries; an expression over them is none. */
function metricsOf(queries: unknown): number {
  return blocksOf(queries).filter(
    ({ metric, metric_stat }) => metric !== undefined || metric_stat !== undefined,
  ).length;
}

/** Terraform's JSON has one block as an object or as a list of one. */
function blocksOf(value: unknown): readonly Block[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as readonly Block[];
}
