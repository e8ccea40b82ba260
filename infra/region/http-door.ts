import { Construct } from "constructs";
import {
  Apigatewayv2Api,
  Apigatewayv2ApiMapping,
  Apigatewayv2Authorizer,
  Apigatewayv2DomainName,
  Apigatewayv2Integration,
  Apigatewayv2Route,
  Apigatewayv2Stage,
  Apigatewayv2VpcLink,
  CloudwatchLogGroup,
} from "../aws.ts";
import { Firewall } from "../security-group.ts";
import type { InternalDoor } from "./gateway-doors.ts";
import type { RegionBase } from "./region-stack-types.ts";

export interface HttpDoorSettings {
  readonly internalDoor: InternalDoor;
  readonly issuer: string;
  readonly audience: string;
  readonly certificateArn: string;
}

interface HttpRoute {
  readonly key: string;
  /** `session`: a token of the user pool, looked at before anything reaches the network. `gateway`: signed, public, or looked at there. */
  readonly authorized: "session" | "gateway";
  readonly perSecond: number;
  readonly burst: number;
}

/** Limits of a whole Region, all clients together; those of one account are the gateway's. */
export const HTTP_ROUTES: readonly HttpRoute[] = [
  { key: "POST /orders", authorized: "session", perSecond: 2000, burst: 4000 },
  { key: "POST /api/v3/order", authorized: "gateway", perSecond: 4000, burst: 8000 },
  { key: "DELETE /api/v3/order", authorized: "gateway", perSecond: 4000, burst: 8000 },
  { key: "ANY /api/v3/{proxy+}", authorized: "gateway", perSecond: 4000, burst: 8000 },
  { key: "POST /meridian/v1/sign-up", authorized: "gateway", perSecond: 50, burst: 100 },
  { key: "POST /meridian/v1/sign-in", authorized: "gateway", perSecond: 200, burst: 400 },
  { key: "ANY /meridian/v1/{proxy+}", authorized: "gateway", perSecond: 1000, burst: 2000 },
  { key: "GET /readyz", authorized: "gateway", perSecond: 50, burst: 100 },
];

/** Host names of the HTTP door: one for all Regions, by which Route 53 chooses, and one of the Region, by which it is looked at. */
export function httpDoorHosts({ stack }: RegionBase): { readonly all: string; readonly region: string } {
  const { domain } = stack.environment.owner;
  return { all: `api.${domain}`, region: `api-${stack.region}.${domain}` };
}

/** REST's way in: an HTTP API that checks sessions and throttles by route, then goes through a VPC link to the gateways. */
export class HttpDoor extends Construct {
  readonly dnsName: string;
  readonly dnsZoneId: string;
  readonly apiId: string;

  constructor(base: RegionBase, { internalDoor, issuer, audience, certificateArn }: HttpDoorSettings) {
    const { stack, network, dataKeyArn } = base;
    super(stack, "http-door");
    const api = new Apigatewayv2Api(this, "api", {
      name: stack.named("http"),
      protocolType: "HTTP",
      disableExecuteApiEndpoint: true,
    });
    const sessions = new Apigatewayv2Authorizer(this, "sessions", {
      apiId: api.id,
      name: "sessions",
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer, audience: [audience] },
    });
    const firewall = new Firewall(stack, "http-door", network.vpcId, "VPC link of the HTTP API");
    internalDoor.firewall.admit(firewall, 443, "requests of the HTTP API");
    const link = new Apigatewayv2VpcLink(this, "link", {
      name: stack.named("gateway"),
      subnetIds: [...network.taskSubnets],
      securityGroupIds: [firewall.id],
    });
    const integration = new Apigatewayv2Integration(this, "gateway", {
      apiId: api.id,
      integrationType: "HTTP_PROXY",
      integrationMethod: "ANY",
      integrationUri: internalDoor.listenerArn,
      connectionType: "VPC_LINK",
      connectionId: link.id,
      payloadFormatVersion: "1.0",
      timeoutMilliseconds: 10_000,
      tlsConfig: { serverNameToVerify: internalDoor.host },
    });
    const routes = HTTP_ROUTES.map(
      ({ key, authorized }) =>
        new Apigatewayv2Route(this, `route ${key}`.replaceAll(/[^A-Za-z0-9]+/g, "-"), {
          apiId: api.id,
          routeKey: key,
          target: `integrations/${integration.id}`,
          ...(authorized === "session"
            ? { authorizationType: "JWT", authorizerId: sessions.id }
            : { authorizationType: "NONE" }),
        }),
    );
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/${stack.named("http-access")}`,
      retentionInDays: stack.environment.logDays,
      kmsKeyId: dataKeyArn,
    });
    const stage = new Apigatewayv2Stage(this, "stage", {
      apiId: api.id,
      name: "$default",
      autoDeploy: true,
      routeSettings: HTTP_ROUTES.map(({ key, perSecond, burst }) => ({
        routeKey: key,
        throttlingRateLimit: perSecond,
        throttlingBurstLimit: burst,
        // Each route's metrics are billed as one's own.
        detailedMetricsEnabled: stack.environment.dashboards,
      })),
      accessLogSettings: {
        destinationArn: logs.arn,
        // Usage by session is a query over these lines; of API keys the gateways tell it (`key-used` in their log), as HTTP APIs cannot log a request's header.
        format: JSON.stringify({
          at: "$context.requestTimeEpoch",
          route: "$context.routeKey",
          status: "$context.status",
          latencyMs: "$context.responseLatency",
          gatewayMs: "$context.integrationLatency",
          address: "$context.identity.sourceIp",
          subject: "$context.authorizer.claims.sub",
          error: "$context.error.messageString",
        }),
      },
      dependsOn: routes,
    });
    const hosts = httpDoorHosts(base);
    const domains = Object.entries(hosts).map(([id, domainName]) => {
      const domain = new Apigatewayv2DomainName(this, `domain-${id}`, {
        domainName,
        domainNameConfiguration: { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
      });
      new Apigatewayv2ApiMapping(this, `mapping-${id}`, {
        apiId: api.id,
        domainName: domain.id,
        stage: stage.id,
      });
      return domain;
    });
    const [domain] = domains;
    if (domain === undefined) throw new Error("no domain");
    this.apiId = api.id;
    this.dnsName = domain.domainNameConfiguration.targetDomainName;
    this.dnsZoneId = domain.domainNameConfiguration.hostedZoneId;
  }
}
