import type { Construct } from "constructs";
import { Route53HealthCheck, Route53Record, ShieldProtection } from "../aws.ts";
import { Certificate } from "../certificate.ts";
import type { Environment } from "../environments/environment.ts";
import { liveDoorOf } from "../environments/live-door.ts";
import type { FoundationStack } from "../foundation/foundation-stack.ts";
import { keyArnOutput } from "../foundation/platform-keys.ts";
import type { RegionStack } from "../region/region-stack.ts";
import { MeridianStack } from "../stack.ts";
import { PageDistribution } from "./page-distribution.ts";
import { VpcOrigin } from "./vpc-origin.ts";
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

    const isLivePublic = liveDoorOf(environment) === "public";
    const hosts = Object.entries(DOORS).filter(([host]) => host !== "live" || isLivePublic);
    for (const region of regions) {
      const name = region.region;
      // One Region is answered with, well or not: then nobody would act on what the check says.
      const health = regions.length > 1 ? this.healthCheck(name) : undefined;
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
      for (const [host, door] of hosts)
        new Route53Record(this, `${host}-${name}`, {
          zoneId,
          name: `${host}.${domain}`,
          type: "A",
          setIdentifier: name,
          latencyRoutingPolicy: { region: name },
          ...(health === undefined ? {} : { healthCheckId: health.id }),
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
    const [only] = regions;
    const page = new PageDistribution(this, {
      certificateArn,
      webAclArn: firewall.arn,
      originToken: this.take(foundation, "origin_token"),
      zoneId,
      liveOriginId:
        isLivePublic || only === undefined
          ? undefined
          : new VpcOrigin(this, "live", this.take(only, "live_door_arn")).id,
    });
    if (environment.shieldAdvanced)
      new ShieldProtection(this, "shield", { name: this.named("page"), resourceArn: page.arn });
    this.handOver("page_bucket", page.bucketName);
    this.handOver("page_distribution", page.id);
  }

  /** Asks a Region from outside whether it is ready. */
  private healthCheck(region: string): Route53HealthCheck {
    return new Route53HealthCheck(this, `health-${region}`, {
      type: "HTTPS",
      fqdn: `api-${region}.${this.environment.owner.domain}`,
      port: 443,
      resourcePath: "/readyz",
      requestInterval: 10,
      failureThreshold: 3,
      enableSni: true,
      measureLatency: true,
      tags: { Name: this.named(`health-${region}`) },
    });
  }
}
