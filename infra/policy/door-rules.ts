import { REGIONS } from "#infra/facts/regions.ts";
import { ORIGIN_TLS } from "#infra/facts/versions.ts";
import { type Block, type Resource, resourcesOf, type TerraformJson } from "#infra/offline/terraform-json.ts";
import { ORIGIN_HEADER } from "#infra/region/gateway-doors.ts";
import { at } from "./encryption-rules.ts";
import type { PolicyRule } from "./rule.ts";

const OPEN_LISTENER = { protocol: "HTTPS", ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06" };
const CLOUDFRONT_LISTS: readonly string[] = Object.values(REGIONS).map(
  ({ cloudFrontPrefixList }) => cloudFrontPrefixList,
);

/** The ways in: who may knock, and who is let in. */
export const DOOR_RULES: readonly PolicyRule[] = [
  {
    name: "a load balancer is in three zones",
    check: (stack) =>
      ofType(stack, "aws_lb")
        .filter(({ block }) => new Set(block.subnets as string[]).size < 3)
        .map(({ name }) => `aws_lb.${name}: a zone's failure may be its own`),
    broken: { aws_lb: { internal: true, subnets: ["a", "b"] } },
  },
  {
    name: "a load balancer refuses what no rule lets in",
    check: (stack) =>
      ofType(stack, "aws_lb_listener")
        .filter(
          ({ block }) =>
            at(block, "default_action.type") !== "fixed-response" ||
            at(block, "default_action.fixed_response.status_code") !== "403",
        )
        .map(({ name }) => `aws_lb_listener.${name}: lets in by default`),
    broken: {
      aws_lb_listener: { ...OPEN_LISTENER, default_action: [{ type: "forward", target_group_arn: "t" }] },
    },
  },
  {
    name: "a load balancer forwards what brings CloudFront's header; an internal one also what says its own name, and the question whether it is ready",
    check: (stack) =>
      ofType(stack, "aws_lb_listener_rule")
        .filter(({ block }) => {
          const conditions = (block.condition ?? []) as readonly Block[];
          const isOfCloudFront = conditions.some(
            (one) => at(one, "http_header.http_header_name") === ORIGIN_HEADER,
          );
          const isOfInside = conditions.some(
            (one) =>
              one.host_header !== undefined ||
              JSON.stringify(at(one, "path_pattern.values")) === JSON.stringify(["/readyz"]),
          );
          return !isOfCloudFront && !(isOfInside && isInternal(stack, block));
        })
        .map(({ name }) => `aws_lb_listener_rule.${name}: lets in whoever asks`),
    broken: {
      aws_lb_listener_rule: { condition: [{ host_header: { values: ["gateway.meridian.example"] } }] },
    },
  },
  {
    name: "who reaches a load balancer is a group of ours or CloudFront",
    check: (stack) => {
      const groups = ofType(stack, "aws_lb").flatMap(({ block }) => block.security_groups as string[]);
      return ofType(stack, "aws_vpc_security_group_ingress_rule")
        .filter(({ block }) => groups.includes(String(block.security_group_id)))
        .filter(
          ({ block }) =>
            block.referenced_security_group_id === undefined &&
            !CLOUDFRONT_LISTS.includes(String(block.prefix_list_id)),
        )
        .map(({ name }) => `aws_vpc_security_group_ingress_rule.${name}: lets others in`);
    },
    broken: {
      aws_lb: { internal: true, security_groups: ["g"] },
    },
    besides: {
      aws_vpc_security_group_ingress_rule: { security_group_id: "g", cidr_ipv4: "10.0.0.0/8" },
    },
  },
  {
    name: "CloudFront stands behind a firewall, which bounds what an address may ask and has AWS's own rules",
    check: (stack) => [
      ...ofType(stack, "aws_cloudfront_distribution")
        .filter(({ block }) => block.web_acl_id === undefined)
        .map(({ name }) => `aws_cloudfront_distribution.${name}: no firewall`),
      ...ofType(stack, "aws_wafv2_web_acl")
        .filter(({ block }) => {
          const rules = (block.rule ?? []) as readonly Block[];
          const isBounded = rules.some(
            (rule) =>
              at(rule, "statement.rate_based_statement.limit") !== undefined &&
              at(rule, "action.block") !== undefined,
          );
          const isManaged = rules.some(
            (rule) =>
              at(rule, "statement.managed_rule_group_statement.vendor_name") === "AWS" &&
              at(rule, "override_action.none") !== undefined,
          );
          return !isBounded || !isManaged;
        })
        .map(({ name }) => `aws_wafv2_web_acl.${name}: lets floods or known attacks through`),
    ],
    broken: {
      aws_cloudfront_distribution: { viewer_certificate: { minimum_protocol_version: "TLSv1.2_2021" } },
      aws_wafv2_web_acl: {
        rule: [{ statement: { rate_based_statement: { limit: 100 } }, action: { count: {} } }],
      },
    },
  },
  {
    name: "CloudFront speaks TLS 1.2 to where it leads, and shows that it is ours",
    check: (stack) => [
      ...ofType(stack, "aws_cloudfront_distribution").flatMap(({ name, block }) =>
        ((block.origin ?? []) as readonly Block[])
          .filter(({ origin_access_control_id: bucket }) => bucket === undefined)
          .filter(
            (origin) =>
              at(origin, "custom_header.name") !== ORIGIN_HEADER ||
              (origin.vpc_origin_config === undefined &&
                !isTls(
                  at(origin, "custom_origin_config.origin_protocol_policy"),
                  at(origin, "custom_origin_config.origin_ssl_protocols"),
                )),
          )
          .map(({ origin_id }) => `aws_cloudfront_distribution.${name}: ${origin_id}`),
      ),
      ...ofType(stack, "aws_cloudfront_vpc_origin")
        .filter(
          ({ block }) =>
            !isTls(
              at(block, "vpc_origin_endpoint_config.origin_protocol_policy"),
              at(block, "vpc_origin_endpoint_config.origin_ssl_protocols.items"),
            ),
        )
        .map(({ name }) => `aws_cloudfront_vpc_origin.${name}: not TLS 1.2 alone`),
    ],
    broken: {
      aws_cloudfront_distribution: {
        viewer_certificate: { minimum_protocol_version: "TLSv1.2_2021" },
        origin: [{ origin_id: "live", vpc_origin_config: { vpc_origin_id: "vo" } }],
      },
      aws_cloudfront_vpc_origin: {
        vpc_origin_endpoint_config: [
          { origin_protocol_policy: "match-viewer", origin_ssl_protocols: [{ items: ORIGIN_TLS }] },
        ],
      },
    },
  },
];

/** What holds of an environment of one Region besides: nobody can knock from outside. */
export const ONE_REGION_RULES: readonly PolicyRule[] = [
  {
    name: "nothing but NAT has a public address",
    check: (stack) => {
      const ofNat = ofType(stack, "aws_nat_gateway").map(({ block }) => String(block.allocation_id));
      return [
        ...ofType(stack, "aws_lb").filter(({ block }) => block.internal !== true),
        ...ofType(stack, "aws_eip").filter(({ name }) => !ofNat.includes(`\${aws_eip.${name}.id}`)),
      ].map(({ type, name }) => `${type}.${name}: public`);
    },
    broken: { aws_lb: { internal: false }, aws_eip: { domain: "vpc" } },
  },
];

function ofType(stack: TerraformJson, wanted: string): readonly Resource[] {
  return resourcesOf(stack).filter(({ type }) => type === wanted);
}

/** Whether a listener's rule is of a balancer that has no public address. */
function isInternal(stack: TerraformJson, rule: Block): boolean {
  const isNamedBy = (type: string, reference: unknown) => (one: Resource) =>
    reference === `\${${type}.${one.name}.arn}`;
  const listener = ofType(stack, "aws_lb_listener").find(isNamedBy("aws_lb_listener", rule.listener_arn));
  const balancer = ofType(stack, "aws_lb").find(isNamedBy("aws_lb", listener?.block.load_balancer_arn));
  return balancer?.block.internal === true;
}

function isTls(policy: unknown, protocols: unknown): boolean {
  return policy === "https-only" && JSON.stringify(protocols) === JSON.stringify(ORIGIN_TLS);
}
