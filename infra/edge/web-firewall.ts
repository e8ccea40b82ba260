import { Construct } from "constructs";
import { CloudwatchLogGroup, Wafv2WebAcl, Wafv2WebAclLoggingConfiguration } from "../aws.ts";
import type { MeridianStack } from "../stack.ts";

/** AWS's managed rules, in the order in which they are asked. The common rules' body limit is below our own 32 KiB, so the gateway's counts. */
const MANAGED = [
  { name: "AWSManagedRulesAmazonIpReputationList", count: [] },
  { name: "AWSManagedRulesCommonRuleSet", count: ["SizeRestrictions_BODY"] },
  { name: "AWSManagedRulesKnownBadInputsRuleSet", count: [] },
] as const;

/** Requests of one address in 5 minutes. The gateway's own limit is finer and by account; this keeps floods from reaching it. */
const REQUESTS_PER_ADDRESS = 20_000;

/** What CloudFront lets through: managed rules, and so many requests an address. */
export class WebFirewall extends Construct {
  readonly arn: string;

  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "web-firewall");
    const seen = (metricName: string) => ({
      cloudwatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName,
    });
    const acl = new Wafv2WebAcl(this, "acl", {
      name: stack.named("edge"),
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      visibilityConfig: seen("edge"),
      // The provider's bindings leave a rule's statement untyped, in Terraform's own names.
      rule: [
        {
          name: "rate",
          priority: 0,
          action: { block: {} },
          statement: { rate_based_statement: { limit: REQUESTS_PER_ADDRESS, aggregate_key_type: "IP" } },
          visibilityConfig: seen("rate"),
        },
        ...MANAGED.map(({ name, count }, at) => ({
          name,
          priority: at + 1,
          overrideAction: { none: {} },
          statement: {
            managed_rule_group_statement: {
              name,
              vendor_name: "AWS",
              rule_action_override: count.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
            },
          },
          visibilityConfig: seen(name),
        })),
      ],
    });
    this.arn = acl.arn;
    const logs = new CloudwatchLogGroup(this, "logs", {
      // WAF writes to groups of this prefix only.
      name: `aws-waf-logs-${stack.named("edge")}`,
      retentionInDays: stack.environment.logDays,
      ...(stack.environment.regions.some(({ name }) => name === stack.region) ? { kmsKeyId: keyArn } : {}),
    });
    new Wafv2WebAclLoggingConfiguration(this, "logging", {
      resourceArn: acl.arn,
      logDestinationConfigs: [logs.arn],
      redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
      loggingFilter: {
        defaultBehavior: "DROP",
        filter: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            condition: [{ actionCondition: { action: "BLOCK" } }, { actionCondition: { action: "COUNT" } }],
          },
        ],
      },
    });
  }
}
