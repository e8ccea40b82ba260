import { expect } from "chai";
import type { EnvironmentName } from "#infra/environments/environments.ts";
import { CUSTOMER_IMPACT_ALARMS } from "#infra/region/region-alarms.ts";
import { platformOf, resourcesOfType } from "./platforms.ts";

describe("the doors of a Region", function () {
  this.timeout(120_000);

  it("are one where there is one Region: CloudFront reaches it inside, and sockets and requests meet the same gateways", async () => {
    const balancers = await resourcesOfType("dev", "aws_lb");
    expect(balancers.map(({ block }) => [block.name, block.internal])).to.deep.equal([
      ["meridian-dev-door-internal", true],
    ]);
    const [gateway] = (await resourcesOfType("dev", "aws_ecs_service")).filter(
      ({ block }) => block.name === "meridian-dev-gateway",
    );
    expect(gateway?.block.load_balancer).to.have.lengthOf(1);
    const [origin] = await resourcesOfType("dev", "aws_cloudfront_vpc_origin");
    expect(JSON.stringify(origin?.block.vpc_origin_endpoint_config)).to.include("outputs.live_door_arn");
    expect(await originOf("dev", "live")).to.deep.include({
      domain_name: "live.meridian.example",
      vpc_origin_config: {
        vpc_origin_id: `\${aws_cloudfront_vpc_origin.${origin?.name}.id}`,
        origin_keepalive_timeout: 60,
        origin_read_timeout: 60,
      },
    });
  });

  it("have a name for sockets only where Route 53 chooses a Region by it, asking each whether it is well", async () => {
    expect(await recordsOf("dev", "live.meridian.example")).to.deep.equal([]);
    expect(await resourcesOfType("dev", "aws_route53_health_check")).to.deep.equal([]);
    const regions = (await platformOf("prod")).environment.regions.map(({ name }) => name);
    for (const host of ["live", "api", "door"]) {
      const records = await recordsOf("prod", `${host}.meridian.example`);
      expect(records.map(({ block }) => block.set_identifier)).to.have.members(regions);
      for (const { block } of records) expect(block.health_check_id).to.match(/aws_route53_health_check/);
    }
    expect(await originOf("prod", "live")).to.have.property("custom_origin_config");
    expect(await resourcesOfType("prod", "aws_cloudfront_vpc_origin")).to.deep.equal([]);
  });

  it("are never opened by the name that CloudFront says: inside, a name alone is enough", async () => {
    for (const environment of ["dev", "prod"] as const) {
      const said = (await resourcesOfType(environment, "aws_cloudfront_distribution")).flatMap(({ block }) =>
        (block.origin as { domain_name: string }[]).map(({ domain_name }) => domain_name),
      );
      const rules = JSON.stringify(await resourcesOfType(environment, "aws_lb_listener_rule"));
      expect(rules).to.include('"host_header":{"values":["gateway-us-east-1.meridian.example"]}');
      for (const name of said) expect(rules).to.not.include(`"${name}"`);
    }
  });

  it("are watched, and gateways are counted, where the sockets come in", async () => {
    for (const [environment, door] of [
      ["dev", "door-internal"],
      ["prod", "door-public"],
    ] as const) {
      const watching = [
        ...(await resourcesOfType(environment, "aws_cloudwatch_metric_alarm")).filter(({ block }) =>
          CUSTOMER_IMPACT_ALARMS.some((name) => block.alarm_name === `meridian-${environment}-${name}`),
        ),
        ...(await resourcesOfType(environment, "aws_appautoscaling_policy")).filter(({ block }) =>
          String(block.name).endsWith("by-connections"),
        ),
      ];
      const regions = (await platformOf(environment)).environment.regions.length;
      expect(watching).to.have.lengthOf((CUSTOMER_IMPACT_ALARMS.length + 1) * regions);
      for (const { name, block } of watching) {
        const named = [...JSON.stringify(block).matchAll(/aws_lb(?:_target_group)?\.(door-[a-z]+)_/g)];
        expect(new Set(named.map(([, of]) => of)), name).to.deep.equal(new Set([door]));
      }
    }
  });

  it("lead to their targets before gateways join these: AWS refuses a service with targets of no balancer", async () => {
    for (const environment of ["dev", "prod"] as const) {
      const rules = await resourcesOfType(environment, "aws_lb_listener_rule");
      const services = (await resourcesOfType(environment, "aws_ecs_service")).filter(
        ({ block }) => (block.load_balancer as unknown[]).length > 0,
      );
      expect(services).to.have.lengthOf((await platformOf(environment)).environment.regions.length);
      for (const { stack, block } of services) {
        const here = rules
          .filter((rule) => rule.stack === stack)
          .map(({ name }) => `aws_lb_listener_rule.${name}`);
        expect(block.depends_on).to.include.members(here);
      }
    }
  });

  it("have a subnet with a way to the internet only where NAT or a public door is in it", async () => {
    const doorSubnets = async (environment: EnvironmentName) =>
      (await resourcesOfType(environment, "aws_subnet")).filter(
        ({ block }) => (block.tags as { Tier: string }).Tier === "door",
      ).length;
    expect(await doorSubnets("dev")).to.equal(1);
    expect(await doorSubnets("prod")).to.equal(9);
  });

  async function originOf(environment: EnvironmentName, id: string) {
    const [distribution] = await resourcesOfType(environment, "aws_cloudfront_distribution");
    const origins = (distribution?.block.origin ?? []) as { origin_id: string }[];
    return origins.find(({ origin_id }) => origin_id === id);
  }

  async function recordsOf(environment: EnvironmentName, name: string) {
    return (await resourcesOfType(environment, "aws_route53_record")).filter(
      ({ block }) => block.name === name,
    );
  }
});
