import { type Block, resourcesOf, type TerraformJson } from "#infra/offline/terraform-json.ts";
import type { PolicyRule } from "./rule.ts";

/** Finds the resources of a type of which something does not hold. */
function each(
  stack: TerraformJson,
  type: string,
  holds: (block: Block, name: string) => boolean,
  what: string,
): string[] {
  return resourcesOf(stack)
    .filter((resource) => resource.type === type && !holds(resource.block, resource.name))
    .map(({ name }) => `${type}.${name}: ${what}`);
}

/** Reads `a.b.c` in a block; a list of one block is read as the block. */
export function at(block: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    const inside = Array.isArray(value) ? value[0] : value;
    return typeof inside === "object" && inside !== null
      ? (inside as Record<string, unknown>)[key]
      : undefined;
  }, block);
}

/** Where what is stored has its key. */
const OWN_KEY: Readonly<Record<string, string>> = {
  aws_kinesis_stream: "kms_key_id",
  aws_dynamodb_table: "server_side_encryption.kms_key_arn",
  aws_dynamodb_table_replica: "kms_key_arn",
  aws_sns_topic: "kms_master_key_id",
  aws_sqs_queue: "kms_master_key_id",
  aws_elasticache_replication_group: "kms_key_id",
  aws_rds_cluster: "kms_key_id",
  aws_rds_cluster_instance: "performance_insights_kms_key_id",
  aws_opensearch_domain: "encrypt_at_rest.kms_key_id",
  aws_secretsmanager_secret: "kms_key_id",
  aws_lambda_function: "kms_key_arn",
  aws_ecr_repository: "encryption_configuration.kms_key",
  aws_cloudtrail: "kms_key_id",
  aws_prometheus_workspace: "kms_key_arn",
  aws_cloudwatch_log_group: "kms_key_id",
};

/** What has no key of ours, and why. */
const OTHER_KEY: readonly { readonly name: RegExp; readonly why: string }[] = [
  { name: /^experiments_logs/, why: "steps of experiments hold nothing of customers" },
  {
    name: /^web-firewall_logs/,
    why: "where us-east-1 is no Region of the environment, there is no key of it there",
  },
  { name: /^access-logs_/, why: "load balancers write with S3's own key only" },
  { name: /^page-files_/, why: "the page is public" },
];

const PLAIN_LOG_GROUPS = /^logs-[a-z]+-[a-z]+-\d$/;

export const ENCRYPTION_RULES: readonly PolicyRule[] = [
  ...Object.entries(OWN_KEY).map(
    ([type, path]): PolicyRule => ({
      name: `${type} is encrypted with a key of our own`,
      check: (stack) =>
        each(
          stack,
          type,
          (block, name) =>
            at(block, path) !== undefined ||
            PLAIN_LOG_GROUPS.test(name) ||
            OTHER_KEY.some((other) => other.name.test(name)),
          `${path} is not set`,
        ),
      broken: { [type]: {} },
    }),
  ),
  {
    name: "buckets are encrypted, with a key of our own but for listed reasons",
    check: (stack) =>
      each(
        stack,
        "aws_s3_bucket_server_side_encryption_configuration",
        (block, name) =>
          at(block, "rule.apply_server_side_encryption_by_default.sse_algorithm") === "aws:kms" ||
          OTHER_KEY.some((other) => other.name.test(name)),
        "S3's own key",
      ),
    broken: {
      aws_s3_bucket_server_side_encryption_configuration: {
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
      },
    },
  },
  {
    name: "the fan-out speaks TLS only and wants a token",
    check: (stack) =>
      each(
        stack,
        "aws_elasticache_replication_group",
        (block) => block.transit_encryption_mode === "required" && block.auth_token !== undefined,
        "not TLS with a token",
      ),
    broken: { aws_elasticache_replication_group: { transit_encryption_mode: "preferred" } },
  },
  {
    name: "databases take TLS only",
    check: (stack) =>
      each(
        stack,
        "aws_rds_cluster_parameter_group",
        (block) => JSON.stringify(block.parameter).includes('{"name":"rds.force_ssl","value":"1"}'),
        "does not force TLS",
      ),
    broken: { aws_rds_cluster_parameter_group: { parameter: [] } },
  },
  {
    name: "listeners speak TLS 1.2 or newer",
    check: (stack) => [
      ...each(
        stack,
        "aws_lb_listener",
        (block) =>
          block.protocol === "HTTPS" && String(block.ssl_policy).startsWith("ELBSecurityPolicy-TLS13-1-2"),
        "not HTTPS by TLS 1.2",
      ),
      ...each(
        stack,
        "aws_apigatewayv2_domain_name",
        (block) => at(block, "domain_name_configuration.security_policy") === "TLS_1_2",
        "older than TLS 1.2",
      ),
      ...each(
        stack,
        "aws_cloudfront_distribution",
        (block) => /^TLSv1\.2_/.test(String(at(block, "viewer_certificate.minimum_protocol_version"))),
        "older than TLS 1.2",
      ),
      ...each(
        stack,
        "aws_opensearch_domain",
        (block) =>
          at(block, "domain_endpoint_options.enforce_https") === true &&
          /Min-TLS-1-2/.test(String(at(block, "domain_endpoint_options.tls_security_policy"))),
        "older than TLS 1.2",
      ),
    ],
    broken: {
      aws_lb_listener: { protocol: "HTTP" },
      aws_apigatewayv2_domain_name: { domain_name_configuration: { security_policy: "TLS_1_0" } },
      aws_cloudfront_distribution: { viewer_certificate: { minimum_protocol_version: "TLSv1" } },
      aws_opensearch_domain: { encrypt_at_rest: { kms_key_id: "k" } },
    },
  },
  {
    name: "buckets refuse what is not TLS",
    check: (stack) =>
      each(
        stack,
        "aws_s3_bucket_policy",
        (block) => /"Effect":"Deny".*"aws:SecureTransport":"false"/.test(String(block.policy)),
        "takes plain HTTP",
      ),
    broken: { aws_s3_bucket_policy: { policy: '{"Statement":[]}' } },
  },
];
