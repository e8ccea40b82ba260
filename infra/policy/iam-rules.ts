import { resourcesOf, type TerraformJson } from "#infra/offline/terraform-json.ts";
import type { PolicyRule } from "./rule.ts";

/** A statement as IAM has it. */
export interface IamStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Principal?: Readonly<Record<string, unknown>>;
  readonly Condition?: unknown;
}

/** Actions that name no resource, and why `*` is the only thing that AWS takes. */
export const STAR_RESOURCES: Readonly<Record<string, string>> = {
  "secretsmanager:GetRandomPassword": "a draw concerns no secret",
  "ecr:GetAuthorizationToken": "a token for the registry, not for a repository",
  "xray:GetSamplingRules": "X-Ray's actions on traces have no resource type",
  "xray:GetSamplingTargets": "X-Ray's actions on traces have no resource type",
  "xray:PutTelemetryRecords": "X-Ray's actions on traces have no resource type",
  "xray:PutTraceSegments": "X-Ray's actions on traces have no resource type",
  "xray:BatchGetTraces": "X-Ray's actions on traces have no resource type",
  "xray:GetServiceGraph": "X-Ray's actions on traces have no resource type",
  "xray:GetTraceSummaries": "X-Ray's actions on traces have no resource type",
  "ec2:CreateNetworkInterface": "Lambda checks for it without a resource when a function joins a network",
  "ec2:DeleteNetworkInterface": "the same",
  "ec2:DescribeNetworkInterfaces": "describing has no resource type",
  "ssm:CreateActivation": "an activation has no name before it is made",
  "ssm:DeleteActivation": "activations have no resource type for it",
  "logs:CreateLogDelivery": "log delivery has no resource type",
  "tag:GetResources": "looking resources up by tag has no resource type",
  "cloudwatch:GetMetricData": "reading metrics has no resource type",
  "cloudwatch:ListMetrics": "reading metrics has no resource type",
  "cloudwatch:DescribeAlarms": "Grafana lists all alarms of the account",
};

const POLICY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role_policy: ["policy"],
  aws_iam_policy: ["policy"],
  aws_iam_role: ["assume_role_policy"],
  aws_sns_topic_policy: ["policy"],
  aws_sqs_queue_policy: ["policy"],
  aws_s3_bucket_policy: ["policy"],
  aws_kms_key: ["policy"],
  aws_kms_replica_key: ["policy"],
  aws_opensearch_domain: ["access_policies"],
};

/** Every statement of every policy of some types of resources, with where it stands. */
export function statementsOf(
  stack: TerraformJson,
  types: readonly string[] = Object.keys(POLICY_FIELDS),
): readonly { readonly where: string; readonly statement: IamStatement }[] {
  return resourcesOf(stack)
    .filter(({ type }) => types.includes(type))
    .flatMap(({ type, name, block }) =>
      (POLICY_FIELDS[type] ?? []).flatMap((field) => {
        const text = block[field];
        if (typeof text !== "string") return [];
        const { Statement } = JSON.parse(text) as { readonly Statement: readonly IamStatement[] };
        return Statement.map((statement) => ({ where: `${type}.${name}`, statement }));
      }),
    );
}

function roleWith(...statements: readonly Partial<IamStatement>[]) {
  return { policy: JSON.stringify({ Statement: statements.map((one) => ({ Effect: "Allow", ...one })) }) };
}

const IDENTITY_POLICIES = ["aws_iam_role_policy", "aws_iam_policy"];

export const IAM_RULES: readonly PolicyRule[] = [
  {
    name: "no role may do everything of a service",
    check: (stack) =>
      statementsOf(stack, IDENTITY_POLICIES)
        .filter(({ statement }) => statement.Effect === "Allow")
        .flatMap(({ where, statement }) =>
          statement.Action.filter((action) => /[*?]/.test(action)).map((action) => `${where}: ${action}`),
        ),
    broken: { aws_iam_role_policy: roleWith({ Action: ["sqs:*"], Resource: ["arn:aws:sqs:::q"] }) },
  },
  {
    name: "no role may do something to everything, but for what AWS knows no resources for",
    check: (stack) =>
      statementsOf(stack, IDENTITY_POLICIES)
        .filter(
          ({ statement }) => statement.Effect === "Allow" && (statement.Resource ?? ["*"]).includes("*"),
        )
        .flatMap(({ where, statement }) =>
          statement.Action.filter((action) => STAR_RESOURCES[action] === undefined).map(
            (action) => `${where}: ${action} on *`,
          ),
        ),
    broken: { aws_iam_role_policy: roleWith({ Action: ["dynamodb:PutItem"], Resource: ["*"] }) },
  },
  {
    name: "only deployment may administer the account",
    check: (stack) =>
      resourcesOf(stack)
        .filter(
          ({ type, block }) =>
            type === "aws_iam_role_policy_attachment" &&
            /AdministratorAccess|PowerUser/.test(String(block.policy_arn)),
        )
        .filter(({ name }) => !name.includes("deploy-administers"))
        .map(({ name }) => `aws_iam_role_policy_attachment.${name}: administers`),
    broken: {
      aws_iam_role_policy_attachment: { policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    },
  },
  {
    name: "a role is taken by a named principal, under a condition",
    check: (stack) =>
      statementsOf(stack, ["aws_iam_role"])
        .filter(
          ({ statement }) =>
            statement.Condition === undefined || JSON.stringify(statement.Principal ?? "*").includes('"*"'),
        )
        .map(({ where }) => `${where}: anybody may take it`),
    broken: {
      aws_iam_role: {
        assume_role_policy: JSON.stringify({
          Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole"], Principal: { AWS: ["*"] } }],
        }),
      },
    },
  },
  {
    name: "no topic, queue, bucket, key or domain lets everybody in",
    check: (stack) =>
      statementsOf(stack, [
        "aws_sns_topic_policy",
        "aws_sqs_queue_policy",
        "aws_s3_bucket_policy",
        "aws_kms_key",
        "aws_kms_replica_key",
        "aws_opensearch_domain",
      ])
        .filter(({ statement }) => statement.Effect === "Allow")
        .filter(
          ({ statement }) =>
            JSON.stringify(statement.Principal ?? "*").includes('"*"') ||
            (statement.Principal?.Service !== undefined && statement.Condition === undefined),
        )
        .map(({ where }) => `${where}: open`),
    broken: {
      aws_sqs_queue_policy: {
        policy: JSON.stringify({
          Statement: [
            { Effect: "Allow", Action: ["sqs:SendMessage"], Principal: { Service: ["sns.amazonaws.com"] } },
          ],
        }),
      },
    },
  },
];
