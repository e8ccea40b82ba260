import type { Construct } from "constructs";
import { Route53HealthCheck, Route53Record, ShieldProtection } from "../aws.ts";
import { Certificate } from "../certificate.ts";
import type { Environment } from "../environments/environment.ts";
import type { FoundationStack } from "../foundation/foundation-stack.ts";
import { keyArnOutput } from "../foundation/platform-keys.ts";
import type { RegionStack } from "../region/region-stack.ts";
import { MeridianStack } from "../stack.ts";
import { PageDistribution } from "./page-distribution.ts";
import { WebFirewall } from "./web-firewall.ts";

/** The names by which clients reach the nearest healthy Region, by what the Region's stack calls its door. */
const DOORS = { live: "public_door", api: "http_door", door: "serverless_door" } as const;

/** What is in front of all Regions: names that lead to the nearest healthy one, CloudFront, its firewall. Applied after the Regions. */
export class EdgeStack extends MeridianStack {
  constructor(
    scope: Construct,
    environment: Environment,
    {
      foundation,
      regions,
    }: { readonly foundation: FoundationStack; readonly regions: readonly RegionStack[] },
  ) {
    // CloudFront takes its certificate and firewall from here only.
    super(scope, "edge", environment, "us-east-1");
    const { domain } = environment.owner;
    const zoneId = this.take(foundation, "zone_id");

    for (const region of regions) {
      const name = region.region;
      const health = new Route53HealthCheck(this, `health-${name}`, {
        type: "HTTPS",
        fqdn: `api-${name}.${domain}`,
        port: 443,
        resourcePath: "/readyz",
        requestInterval: 10,
        failureThreshold: 3,
        enableSni: true,
        measureLatency: true,
        tags: { Name: this.named(`health-${name}`) },
      });
      new Route53Record(this, `api-of-${name}`, {
        zoneId,
        name: `api-${name}.${domain}`,
        type: "A",
        alias: {
          name: this.take(region, "http_door_name"),
          zoneId: this.take(region, "http_door_zone"),
          evaluateTargetHealth: false,
        },
      });
      for (const [host, door] of Object.entries(DOORS))
        new Route53Record(this, `${host}-${name}`, {
          zoneId,
          name: `${host}.${domain}`,
          type: "A",
          setIdentifier: name,
          latencyRoutingPolicy: { region: name },
          healthCheckId: health.id,
          alias: {
            name: this.take(region, `${door}_name`),
            zoneId: this.take(region, `${door}_zone`),
            evaluateTargetHealth: true,
          },
        });
    }

    const { arn: certificateArn } = new Certificate(this);
    const firewall = new WebFirewall(
      this,
      this.take(foundation, keyArnOutput("data", this.environment.regions[0]?.name ?? "us-east-1")),
    );
    const page = new PageDistribution(this, {
      certificateArn,
      webAclArn: firewall.arn,
      originToken: this.take(foundation, "origin_token"),
      zoneId,
    });
    if (environment.shieldAdvanced)
      new ShieldProtection(this, "shield", { name: this.named("page"), resourceArn: page.arn });
    this.handOver("page_bucket", page.bucketName);
    this.handOver("page_distribution", page.id);
  }
}
