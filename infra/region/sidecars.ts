import type { CloudwatchLogGroup } from "../aws.ts";
import { COLLECTOR_IMAGE, LOG_ROUTER_IMAGE } from "../facts/versions.ts";
import { homeRegion } from "../stack.ts";
import { collectorConfig } from "./collector-config.ts";
import type { RegionBase } from "./region-stack-types.ts";

/** A container of a task definition, in the words of ECS. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly [more: string]: unknown;
}

/** AWS's OpenTelemetry collector. If it ends, the service goes on without it. */
export function collectorContainer({ stack, metrics }: RegionBase, logs: CloudwatchLogGroup): Container {
  const config = collectorConfig({
    region: stack.region,
    metricsRegion: homeRegion(stack.environment),
    writeUrl: metrics.writeUrl,
    logGroup: logs.name,
  });
  return {
    name: "collector",
    image: COLLECTOR_IMAGE,
    essential: false,
    memory: 128,
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ["ALL"] } },
    environment: [{ name: "AOT_CONFIG_CONTENT", value: JSON.stringify(config) }],
    logConfiguration: ownLogs(stack.region, logs, "collector"),
  };
}

/** Fluent Bit: the service's lines to the search index, or to CloudWatch where there is none. */
export function logRouterContainer({ stack }: RegionBase, logs: CloudwatchLogGroup): Container {
  return {
    name: "log-router",
    image: LOG_ROUTER_IMAGE,
    essential: true,
    memoryReservation: 50,
    // ECS writes the router's configuration into its file system before it starts.
    readonlyRootFilesystem: false,
    user: "0",
    firelensConfiguration: {
      type: "fluentbit",
      options: {
        "enable-ecs-log-metadata": "true",
        // Of the image: a line that is JSON becomes the document's fields, as the index template has them.
        "config-file-type": "file",
        "config-file-value": "/fluent-bit/configs/parse-json.conf",
      },
    },
    logConfiguration: ownLogs(stack.region, logs, "log-router"),
  };
}

/** Where a service's lines go. */
export function logOptions(
  { stack }: RegionBase,
  task: string,
  searchHost: string | undefined,
  logs: CloudwatchLogGroup,
): Readonly<Record<string, unknown>> {
  if (searchHost === undefined)
    return {
      logDriver: "awsfirelens",
      options: {
        Name: "cloudwatch_logs",
        region: stack.region,
        log_group_name: logs.name,
        log_stream_prefix: `${task}/`,
        auto_create_group: "false",
      },
    };
  return {
    logDriver: "awsfirelens",
    options: {
      Name: "opensearch",
      Host: searchHost,
      Port: "443",
      tls: "On",
      "tls.verify": "On",
      AWS_Auth: "On",
      AWS_Region: stack.region,
      Index: `meridian-${task}`,
      Suppress_Type_Name: "On",
      Retry_Limit: "10",
    },
  };
}

/** A sidecar's own lines go straight to CloudWatch: they are wanted most when the router fails. */
export function ownLogs(region: string, logs: CloudwatchLogGroup, name: string) {
  return {
    logDriver: "awslogs",
    options: {
      "awslogs-group": logs.name,
      "awslogs-region": region,
      "awslogs-stream-prefix": name,
      mode: "non-blocking",
    },
  };
}
