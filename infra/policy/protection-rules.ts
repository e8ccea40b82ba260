import { type Block, resourcesOf } from "#infra/offline/terraform-json.ts";
import { TABLES, type TableDefinition } from "#shared/adapters/aws/dynamodb/tables.ts";
import type { PolicyRule } from "./rule.ts";

/** What holds of an environment whose data is worth something: it cannot be deleted by mistake. */
export const PROTECTION_RULES: readonly PolicyRule[] = [
  {
    name: "what holds data refuses to be deleted",
    check: (stack) =>
      resourcesOf(stack)
        .filter(
          ({ type, block }) =>
            (type === "aws_rds_cluster" &&
              (block.deletion_protection !== true || block.skip_final_snapshot === true)) ||
            (type === "aws_rds_global_cluster" && block.deletion_protection !== true) ||
            (type === "aws_dynamodb_table" &&
              isPrecious(block) &&
              block.deletion_protection_enabled !== true) ||
            (type === "aws_dynamodb_table_replica" && block.deletion_protection_enabled !== true) ||
            (type === "aws_lb" && block.enable_deletion_protection !== true) ||
            (type === "aws_cognito_user_pool" && block.deletion_protection !== "ACTIVE"),
        )
        .map(({ type, name }) => `${type}.${name}: may be deleted`),
    broken: {
      aws_rds_cluster: { deletion_protection: false },
      aws_rds_global_cluster: {},
      aws_dynamodb_table: { name: "meridian-prod-journal" },
      aws_dynamodb_table_replica: {},
      aws_lb: {},
      aws_cognito_user_pool: {},
    },
  },
  {
    name: "an apply that would replace what holds data fails",
    check: (stack) =>
      resourcesOf(stack)
        .filter(({ type }) =>
          ["aws_rds_cluster", "aws_rds_global_cluster", "aws_cognito_user_pool"].includes(type),
        )
        .filter(
          ({ block }) =>
            (block.lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy !== true,
        )
        .map(({ type, name }) => `${type}.${name}: may be replaced`),
    broken: { aws_rds_cluster: { deletion_protection: true } },
  },
  {
    name: "command logs are kept for at least 7 days",
    check: (stack) =>
      resourcesOf(stack)
        .filter(
          ({ type, name, block }) =>
            type === "aws_kinesis_stream" &&
            !name.includes("market-feed") &&
            Number(block.retention_period) < 168,
        )
        .map(({ name }) => `aws_kinesis_stream.${name}: forgets too soon`),
    broken: { aws_kinesis_stream: { kms_key_id: "k", retention_period: 24 } },
  },
];

/** Whether a table holds what cannot be made again from elsewhere. */
function isPrecious({ name }: Block): boolean {
  return Object.values<TableDefinition>(TABLES).some(
    (table) => table.isPrecious && String(name).endsWith(`-${table.name}`),
  );
}
