import { Construct } from "constructs";
import {
  Apigatewayv2Api,
  Apigatewayv2ApiMapping,
  Apigatewayv2DomainName,
  Apigatewayv2Integration,
  Apigatewayv2Route,
  Apigatewayv2RouteResponse,
  Apigatewayv2Stage,
  CloudwatchLogGroup,
  LambdaPermission,
} from "../aws.ts";
import { ApiLogging } from "./api-logging.ts";
import type { InternalDoor } from "./gateway-doors.ts";
import { dataKeys, readTables, sealingKey, writeTables } from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import { ServiceFunction } from "./service-function.ts";
import { commonVariables, functionVariables } from "./service-task.ts";

export interface ServerlessDoorSettings {
  readonly bundle: string;
  readonly internalDoor: InternalDoor;
  readonly issuer: string;
  readonly audience: string;
  readonly certificateArn: string;
}

const STAGE = "live";

/** The light way in: a WebSocket API whose function takes the simple order message, and through which the notifier answers. */
export class ServerlessDoor extends Construct {
  readonly connectionsUrl: string;
  readonly executionArn: string;
  readonly dnsName: string;
  readonly dnsZoneId: string;
  readonly apiId: string;

  constructor(base: RegionBase, settings: ServerlessDoorSettings) {
    const { stack } = base;
    super(stack, "serverless-door");
    const door = new ServiceFunction(base, {
      name: "serverless-door",
      bundle: settings.bundle,
      variables: functionVariables("serverless-door", {
        ...commonVariables(base),
        MERIDIAN_ISSUER: settings.issuer,
        MERIDIAN_AUDIENCE: settings.audience,
        MERIDIAN_SEALING_KEY: base.sealingKeyArn,
        MERIDIAN_GATEWAY_URL: `https://${settings.internalDoor.host}`,
      }),
      statements: [
        writeTables(base, "connections"),
        readTables(base, "identity"),
        dataKeys(base, "dynamodb"),
        sealingKey(base, "open"),
      ],
      memoryMib: 512,
      timeoutSeconds: 15,
      inNetwork: true,
    });
    if (door.firewall !== undefined) {
      settings.internalDoor.firewall.admit(door.firewall, 443, "orders of the serverless door");
      door.firewall.allowHttpsOut("DynamoDB, KMS, the issuer's keys");
    }

    const api = new Apigatewayv2Api(this, "api", {
      name: stack.named("door"),
      protocolType: "WEBSOCKET",
      routeSelectionExpression: "$request.body.type",
      disableExecuteApiEndpoint: false,
    });
    const integration = new Apigatewayv2Integration(this, "integration", {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: door.function.invokeArn,
      contentHandlingStrategy: "CONVERT_TO_TEXT",
      timeoutMilliseconds: 15_000,
    });
    // What the function returns for a message goes to the client: an answer needs no second call.
    new Apigatewayv2RouteResponse(this, "answer", {
      apiId: api.id,
      routeId: this.route(api, integration, "order", "$default", {
        routeResponseSelectionExpression: "$default",
      }).id,
      routeResponseKey: "$default",
    });
    for (const [id, routeKey] of Object.entries({
      connect: "$connect",
      disconnect: "$disconnect",
    }))
      this.route(api, integration, id, routeKey);
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/${stack.named("door-access")}`,
      retentionInDays: stack.environment.logDays,
      kmsKeyId: base.dataKeyArn,
    });
    const stage = new Apigatewayv2Stage(this, "stage", {
      apiId: api.id,
      name: STAGE,
      autoDeploy: true,
      defaultRouteSettings: { throttlingRateLimit: 2000, throttlingBurstLimit: 4000 },
      accessLogSettings: {
        destinationArn: logs.arn,
        format: JSON.stringify({
          at: "$context.requestTimeEpoch",
          route: "$context.routeKey",
          event: "$context.eventType",
          status: "$context.status",
          connection: "$context.connectionId",
          error: "$context.error.messageString",
        }),
      },
      dependsOn: [new ApiLogging(stack).setting],
    });
    new LambdaPermission(this, "may-call", {
      functionName: door.function.functionName,
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: `${api.executionArn}/*/*`,
    });
    const domain = new Apigatewayv2DomainName(this, "domain", {
      domainName: `door.${stack.environment.owner.domain}`,
      domainNameConfiguration: {
        certificateArn: settings.certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
    });
    new Apigatewayv2ApiMapping(this, "mapping", { apiId: api.id, domainName: domain.id, stage: stage.id });
    this.apiId = api.id;
    this.executionArn = api.executionArn;
    this.connectionsUrl = `https://${api.id}.execute-api.${stack.region}.amazonaws.com/${STAGE}`;
    this.dnsName = domain.domainNameConfiguration.targetDomainName;
    this.dnsZoneId = domain.domainNameConfiguration.hostedZoneId;
  }

  private route(
    api: Apigatewayv2Api,
    integration: Apigatewayv2Integration,
    id: string,
    routeKey: string,
    more: { readonly routeResponseSelectionExpression?: string } = {},
  ): Apigatewayv2Route {
    return new Apigatewayv2Route(this, `route-${id}`, {
      apiId: api.id,
      routeKey,
      // The function itself looks at the token or the signature, since both kinds come here.
      authorizationType: "NONE",
      target: `integrations/${integration.id}`,
      ...more,
    });
  }
}
