import { Construct } from "constructs";
import {
  Lb,
  LbListener,
  LbListenerRule,
  type LbListenerRuleCondition,
  LbTargetGroup,
  Route53Record,
} from "../aws.ts";
import { liveDoorOf } from "../environments/live-door.ts";
import { REGIONS } from "../facts/regions.ts";
import { ALB_TLS_POLICY } from "../facts/versions.ts";
import { Firewall } from "../security-group.ts";
import type { AccessLogs } from "./access-logs.ts";
import type { RegionBase } from "./region-stack-types.ts";
import { SERVICE_PORT } from "./service-task.ts";

/** The header with which CloudFront shows that it is ours. */
export const ORIGIN_HEADER = "x-meridian-origin";

export interface GatewayDoorSettings {
  readonly certificateArn: string;
  readonly originToken: string;
  readonly zoneId: string;
  readonly logs: AccessLogs;
}

/** A load balancer before the gateways. Its listener refuses what no rule lets in. */
export abstract class GatewayDoor extends Construct {
  readonly firewall: Firewall;
  readonly arn: string;
  readonly targetGroupArn: string;
  readonly targetGroupSuffix: string;
  readonly suffix: string;
  readonly listenerArn: string;
  readonly dnsName: string;
  readonly dnsZoneId: string;
  /** What lets requests through. A service may join the targets once one of them is there: AWS refuses targets of no balancer. */
  readonly rules: LbListenerRule[] = [];

  constructor(base: RegionBase, name: string, isInternal: boolean, settings: GatewayDoorSettings) {
    const { stack, network } = base;
    super(stack, name);
    this.firewall = new Firewall(stack, name, network.vpcId, `load balancer: ${name}`);
    const balancer = new Lb(this, "balancer", {
      name: stack.named(name),
      internal: isInternal,
      loadBalancerType: "application",
      subnets: [...(isInternal ? network.taskSubnets : network.doorSubnets)],
      securityGroups: [this.firewall.id],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "strictest",
      enableDeletionProtection: stack.environment.deletionProtection,
      // A socket is kept through silences: Socket.IO pings every 25 s.
      idleTimeout: 120,
      accessLogs: { enabled: true, bucket: settings.logs.bucket, prefix: name },
      dependsOn: [settings.logs.ready],
    });
    const targets = new LbTargetGroup(this, "gateways", {
      name: stack.named(name),
      targetType: "ip",
      port: SERVICE_PORT,
      // Inside the network, from the balancer's group to the gateways' alone; Nitro encrypts it between hosts.
      protocol: "HTTP",
      vpcId: network.vpcId,
      deregistrationDelay: "30",
      healthCheck: {
        path: "/readyz",
        interval: 10,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
        matcher: "200",
      },
      // Socket.IO's first requests of a session must meet the same task.
      stickiness: { enabled: true, type: "lb_cookie", cookieDuration: 3600 },
      loadBalancingAlgorithmType: "least_outstanding_requests",
    });
    const listener = new LbListener(this, "https", {
      loadBalancerArn: balancer.arn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: ALB_TLS_POLICY,
      certificateArn: settings.certificateArn,
      defaultAction: [
        {
          type: "fixed-response",
          fixedResponse: { contentType: "text/plain", statusCode: "403", messageBody: "no" },
        },
      ],
    });
    this.arn = balancer.arn;
    this.targetGroupArn = targets.arn;
    this.targetGroupSuffix = targets.arnSuffix;
    this.suffix = balancer.arnSuffix;
    this.listenerArn = listener.arn;
    this.dnsName = balancer.dnsName;
    this.dnsZoneId = balancer.zoneId;
  }

  /** Lets CloudFront in: only its addresses, and only with our header. */
  protected admitCloudFront({ stack }: RegionBase, { originToken }: GatewayDoorSettings): void {
    this.firewall.admitPrefixList(REGIONS[stack.region].cloudFrontPrefixList, 443, "CloudFront's servers");
    this.forward("from-cloudfront", 10, {
      httpHeader: { httpHeaderName: ORIGIN_HEADER, values: [originToken] },
    });
  }

  /** Leads what meets a condition to the gateways. Rules are asked in the order of their priorities. */
  protected forward(id: string, priority: number, condition: LbListenerRuleCondition): void {
    this.rules.push(
      new LbListenerRule(this, id, {
        listenerArn: this.listenerArn,
        priority,
        condition: [condition],
        action: [{ type: "forward", targetGroupArn: this.targetGroupArn }],
      }),
    );
  }
}

/** The way of browsers' sockets where Route 53 chooses among Regions: public, but for CloudFront alone. */
export class PublicDoor extends GatewayDoor {
  constructor(base: RegionBase, settings: GatewayDoorSettings) {
    super(base, "door-public", false, settings);
    this.admitCloudFront(base, settings);
  }
}

/**
 * The way of the HTTP API and of the serverless door: inside the network, under a name of its own. Where there is one Region sockets come here too, from
 * CloudFront's network interface beside it. CloudFront says another name than this one, so that its requests are let in by their header or not at all.
 */
export class InternalDoor extends GatewayDoor {
  readonly host: string;

  constructor(base: RegionBase, settings: GatewayDoorSettings) {
    super(base, "door-internal", true, settings);
    const { stack } = base;
    if (liveDoorOf(stack.environment) === "internal") this.admitCloudFront(base, settings);
    this.host = `gateway-${stack.region}.${stack.environment.owner.domain}`;
    new Route53Record(this, "name", {
      zoneId: settings.zoneId,
      name: this.host,
      type: "A",
      alias: { name: this.dnsName, zoneId: this.dnsZoneId, evaluateTargetHealth: false },
    });
    this.forward("from-inside", 20, { hostHeader: { values: [this.host] } });
    // Route 53 asks the Region for this through the HTTP API.
    this.forward("health", 30, { pathPattern: { values: ["/readyz"] } });
  }
}
