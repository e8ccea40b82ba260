import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputsReadBy, resourcesOf, statesReadBy, type TerraformJson } from "./terraform-json.ts";

/**
 * Writes a Terraform test of a stack against mocked providers, one mock for each alias. `apply` goes through every resource and output as if AWS had answered; it destroys
 * at its end, so what refuses to be destroyed is only planned. Changes the workspace: plan it before, not after.
 */
export function writeMockTest(
  folder: string,
  json: TerraformJson,
  command: "plan" | "apply",
  outputOf: (stack: string, output: string) => string,
): void {
  writeFileSync(join(folder, "cdk.tf.json"), withoutEphemerals(json));
  const types = [...new Set(resourcesOf(json).map(({ type }) => type))];
  const mocks = types.map((type) => [type, { defaults: mockDefaults(type) }] as const);
  const data = Object.keys(json.data ?? {}).filter((type) => type.startsWith("aws_"));
  writeFileSync(
    join(folder, "mocked.tftest.json"),
    JSON.stringify({
      mock_provider: {
        aws: json.provider.aws.map(({ alias }) => ({
          ...(alias === undefined ? {} : { alias }),
          mock_resource: Object.fromEntries(
            mocks.filter(([, { defaults }]) => Object.keys(defaults).length > 0),
          ),
          ...(data.length === 0
            ? {}
            : {
                mock_data: Object.fromEntries(
                  data.map((type) => [
                    type,
                    { defaults: { secret_string: "mocked-secret-of-forty-characters-or-so" } },
                  ]),
                ),
              }),
        })),
      },
      override_data: [...statesReadBy(json)].map(([name, stack]) => ({
        target: `data.terraform_remote_state.${name}`,
        values: {
          outputs: Object.fromEntries(
            [...(outputsReadBy(json).get(stack) ?? [])].map((one) => [one, outputOf(stack, one)]),
          ),
        },
      })),
      run: { [command]: { command } },
    }),
  );
}

/** Terraform's mocks know no ephemeral resources: here what they draw is a fixed text. A plan with the real provider has them as they are. */
function withoutEphemerals(json: TerraformJson): string {
  const { ephemeral: _, ...rest } = json as TerraformJson & { readonly ephemeral?: unknown };
  return JSON.stringify(rest, undefined, 2)
    .replaceAll(/\$\{ephemeral\.[\w.-]+\}/g, "mocked-password-of-forty-characters-or-so")
    .replaceAll(/ephemeral\.[\w.-]+\.random_password/g, '\\"mocked-password\\"');
}

const ACCOUNT = "111122223333";

/** What AWS would compute, where another resource looks at its form. */
function mockDefaults(type: string): Record<string, unknown> {
  const known = MOCKS[type];
  return known ?? {};
}

const arn = (text: string) => ({ arn: `arn:aws:${text}` });
const HOST_ZONE = "Z2222222222222222222";

const MOCKS: Readonly<Record<string, Record<string, unknown>>> = {
  aws_acm_certificate: {
    ...arn(`acm:us-east-1:${ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000`),
    domain_validation_options: [
      {
        domain_name: "meridian.example",
        resource_record_name: "_proof.meridian.example",
        resource_record_type: "CNAME",
        resource_record_value: "_value.acm-validations.aws",
      },
    ],
  },
  aws_acm_certificate_validation: {
    certificate_arn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000`,
  },
  aws_apigatewayv2_api: { execution_arn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:mocked`, id: "mocked" },
  aws_apigatewayv2_domain_name: {
    domain_name_configuration: {
      target_domain_name: "mocked.execute-api.amazonaws.com",
      hosted_zone_id: HOST_ZONE,
    },
  },
  aws_budgets_budget: {},
  aws_ce_anomaly_monitor: arn(`ce::${ACCOUNT}:anomalymonitor/00000000-0000-0000-0000-000000000000`),
  aws_cloudfront_distribution: {
    ...arn(`cloudfront::${ACCOUNT}:distribution/MOCKED`),
    domain_name: "mocked.cloudfront.net",
    hosted_zone_id: HOST_ZONE,
  },
  aws_cloudfront_vpc_origin: { id: "vo_mocked" },
  aws_cloudwatch_event_rule: arn(`events:us-east-1:${ACCOUNT}:rule/mocked`),
  aws_cloudwatch_log_group: arn(`logs:us-east-1:${ACCOUNT}:log-group:mocked`),
  aws_cognito_user_pool: { id: "us-east-1_mocked000" },
  aws_dynamodb_table: arn(`dynamodb:us-east-1:${ACCOUNT}:table/mocked`),
  aws_ecs_cluster: arn(`ecs:us-east-1:${ACCOUNT}:cluster/mocked`),
  aws_ecs_task_definition: arn(`ecs:us-east-1:${ACCOUNT}:task-definition/mocked:1`),
  aws_grafana_workspace: {
    ...arn(`grafana:us-east-1:${ACCOUNT}:/workspaces/g-0123456789`),
    id: "g-0123456789",
    endpoint: "g-0123456789.grafana-workspace.us-east-1.amazonaws.com",
  },
  aws_grafana_workspace_service_account: { service_account_id: "4" },
  aws_iam_openid_connect_provider: arn(`iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`),
  aws_iam_role: arn(`iam::${ACCOUNT}:role/mocked`),
  aws_kinesis_stream: arn(`kinesis:us-east-1:${ACCOUNT}:stream/mocked`),
  aws_kms_key: arn(`kms:us-east-1:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000`),
  aws_kms_replica_key: arn(`kms:eu-west-1:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000`),
  aws_lambda_function: {
    ...arn(`lambda:us-east-1:${ACCOUNT}:function:mocked`),
    invoke_arn: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${ACCOUNT}:function:mocked/invocations`,
  },
  aws_lb: {
    ...arn(`elasticloadbalancing:us-east-1:${ACCOUNT}:loadbalancer/app/mocked/0000000000000000`),
    arn_suffix: "app/mocked/0000000000000000",
    dns_name: "mocked.elb.amazonaws.com",
    zone_id: HOST_ZONE,
  },
  aws_lb_listener: arn(
    `elasticloadbalancing:us-east-1:${ACCOUNT}:listener/app/mocked/0000000000000000/0000000000000000`,
  ),
  aws_lb_target_group: {
    ...arn(`elasticloadbalancing:us-east-1:${ACCOUNT}:targetgroup/mocked/0000000000000000`),
    arn_suffix: "targetgroup/mocked/0000000000000000",
  },
  aws_opensearch_domain: {
    ...arn(`es:us-east-1:${ACCOUNT}:domain/mocked`),
    endpoint: "mocked.es.amazonaws.com",
  },
  aws_prometheus_workspace: {
    ...arn(`aps:us-east-1:${ACCOUNT}:workspace/ws-mocked`),
    prometheus_endpoint: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-mocked/",
  },
  aws_s3_bucket: { ...arn("s3:::mocked"), bucket_regional_domain_name: "mocked.s3.us-east-1.amazonaws.com" },
  aws_secretsmanager_secret: arn(`secretsmanager:us-east-1:${ACCOUNT}:secret:mocked-abcdef`),
  aws_sesv2_email_identity: { dkim_signing_attributes: { tokens: ["one", "two", "three"] } },
  aws_sns_topic: arn(`sns:us-east-1:${ACCOUNT}:mocked.fifo`),
  aws_sqs_queue: arn(`sqs:us-east-1:${ACCOUNT}:mocked.fifo`),
  aws_subnet: arn(`ec2:us-east-1:${ACCOUNT}:subnet/subnet-mocked`),
  aws_wafv2_web_acl: arn(
    `wafv2:us-east-1:${ACCOUNT}:global/webacl/mocked/00000000-0000-0000-0000-000000000000`,
  ),
  aws_route53_zone: { zone_id: HOST_ZONE, name_servers: ["ns-1.example", "ns-2.example"] },
  aws_elasticache_replication_group: { primary_endpoint_address: "mocked.cache.amazonaws.com" },
  aws_rds_cluster: {
    ...arn(`rds:us-east-1:${ACCOUNT}:cluster:mocked`),
    endpoint: "mocked.rds.amazonaws.com",
    reader_endpoint: "mocked-ro.rds.amazonaws.com",
  },
};
