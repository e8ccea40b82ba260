import { resourcesOf } from "#infra/offline/terraform-json.ts";
import { at } from "./encryption-rules.ts";
import type { PolicyRule } from "./rule.ts";

/** Who may be met from outside, and what may be lost. */
export const EXPOSURE_RULES: readonly PolicyRule[] = [
  {
    name: "nothing is let in from everywhere",
    check: (stack) =>
      resourcesOf(stack)
        .filter(
          ({ type, block }) =>
            (type === "aws_vpc_security_group_ingress_rule" &&
              (block.cidr_ipv4 === "0.0.0.0/0" || block.cidr_ipv6 === "::/0")) ||
            (type === "aws_security_group" && block.ingress !== undefined),
        )
        .map(({ type, name }) => `${type}.${name}: open`),
    broken: { aws_vpc_security_group_ingress_rule: { cidr_ipv4: "0.0.0.0/0" } },
  },
  {
    name: "no task, database or subnet has a public address",
    check: (stack) =>
      resourcesOf(stack)
        .filter(
          ({ type, block }) =>
            (type === "aws_ecs_service" && at(block, "network_configuration.assign_public_ip") !== false) ||
            (type === "aws_rds_cluster_instance" && block.publicly_accessible !== false) ||
            (type === "aws_subnet" && block.map_public_ip_on_launch !== false),
        )
        .map(({ type, name }) => `${type}.${name}: public`),
    broken: {
      aws_ecs_service: { network_configuration: { assign_public_ip: true } },
      aws_rds_cluster_instance: { publicly_accessible: true, performance_insights_kms_key_id: "k" },
      aws_subnet: { map_public_ip_on_launch: true },
    },
  },
  {
    name: "every bucket blocks all that is public",
    check: (stack) => {
      const all = resourcesOf(stack);
      const blocks = all.filter(
        ({ type, block }) =>
          type === "aws_s3_bucket_public_access_block" &&
          ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].every(
            (field) => block[field] === true,
          ),
      );
      return all
        .filter(({ type }) => type === "aws_s3_bucket")
        .filter(({ name }) => !blocks.some(({ block }) => block.bucket === `\${aws_s3_bucket.${name}.id}`))
        .map(({ name }) => `aws_s3_bucket.${name}: may become public`);
    },
    broken: { aws_s3_bucket: {} },
  },
  {
    name: "containers run as nobody special, on a file system that they cannot write, with no secret in plain sight",
    check: (stack) =>
      resourcesOf(stack)
        .filter(({ type }) => type === "aws_ecs_task_definition")
        .flatMap(({ name, block }) =>
          (JSON.parse(String(block.container_definitions)) as readonly ContainerJson[]).flatMap(
            (container) => [
              ...(container.readonlyRootFilesystem !== true && !WRITES[container.name]
                ? [`${name}: ${container.name} may write its file system`]
                : []),
              ...(container.user === undefined && !["collector"].includes(container.name)
                ? [`${name}: ${container.name} names no user`]
                : []),
              ...(container.privileged ? [`${name}: ${container.name} is privileged`] : []),
              ...(container.environment ?? [])
                .filter((one) => /TOKEN|PASSWORD/.test(one.name))
                .map((one) => `${name}: ${one.name} is a secret in plain sight`),
            ],
          ),
        ),
    broken: {
      aws_ecs_task_definition: {
        container_definitions: JSON.stringify([
          {
            name: "x",
            user: "node",
            readonlyRootFilesystem: true,
            environment: [{ name: "API_TOKEN", value: "1" }],
          },
        ]),
      },
    },
  },
  {
    name: "a deployment that fails is taken back",
    check: (stack) =>
      resourcesOf(stack)
        .filter(
          ({ type, block }) =>
            type === "aws_ecs_service" &&
            !(
              at(block, "deployment_circuit_breaker.enable") &&
              at(block, "deployment_circuit_breaker.rollback")
            ),
        )
        .map(({ name }) => `aws_ecs_service.${name}: no circuit breaker with rollback`),
    broken: { aws_ecs_service: { network_configuration: { assign_public_ip: false } } },
  },
  {
    name: "tables can be restored to any second",
    check: (stack) =>
      resourcesOf(stack)
        .filter(
          ({ type, block }) =>
            (type === "aws_dynamodb_table" && at(block, "point_in_time_recovery.enabled") !== true) ||
            (type === "aws_dynamodb_table_replica" && block.point_in_time_recovery !== true),
        )
        .map(({ type, name }) => `${type}.${name}: no point-in-time recovery`),
    broken: {
      aws_dynamodb_table: { server_side_encryption: { kms_key_arn: "k" } },
      aws_dynamodb_table_replica: { kms_key_arn: "k" },
    },
  },
  {
    name: "databases are backed up",
    check: (stack) =>
      resourcesOf(stack)
        .filter(
          ({ type, block }) => type === "aws_rds_cluster" && !(Number(block.backup_retention_period) >= 1),
        )
        .map(({ name }) => `aws_rds_cluster.${name}: no backups`),
    broken: { aws_rds_cluster: { kms_key_id: "k" } },
  },
  {
    name: "all that is made says what it costs for: by tags of the provider, in each Region",
    check: (stack) => {
      const providers = stack.provider?.aws ?? [];
      const untagged = providers.filter((provider) =>
        ["Project", "Environment", "Stack"].some(
          (tag) => at(provider, `default_tags.tags.${tag}`) === undefined,
        ),
      );
      return providers.length === 0
        ? ["no provider that tags"]
        : untagged.map(({ region }) => `provider of ${region}: no tags`);
    },
    broken: { aws_sns_topic: { kms_master_key_id: "k" } },
  },
  {
    name: "every experiment stops on the alarms of customers' pain",
    check: (stack) =>
      resourcesOf(stack)
        .filter(({ type, block }) => {
          const conditions = (block.stop_condition ?? []) as readonly { source: string }[];
          return (
            type === "aws_fis_experiment_template" &&
            (conditions.length === 0 || conditions.some(({ source }) => source !== "aws:cloudwatch:alarm"))
          );
        })
        .map(({ name }) => `aws_fis_experiment_template.${name}: nothing stops it`),
    broken: { aws_fis_experiment_template: { stop_condition: [{ source: "none" }] } },
  },
  {
    name: "no access key, password or token is written down",
    check: (stack) =>
      [
        ...JSON.stringify(stack).matchAll(
          /AKIA[0-9A-Z]{16}|"(?:master_password|secret_string|auth_token)":"(?!\$\{)[^"]+"/g,
        ),
      ].map(([text]) => text),
    broken: { aws_rds_cluster: { kms_key_id: "k", master_password: "hunter22" } },
  },
];

interface ContainerJson {
  readonly name: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly readonlyRootFilesystem?: boolean;
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
}

/** Sidecars that must write, and why. */
const WRITES: Readonly<Record<string, string>> = {
  "log-router": "ECS writes its configuration into it",
  "fault-agent": "it keeps its registration, in environments with experiments only",
};
