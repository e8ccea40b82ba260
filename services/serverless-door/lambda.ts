import { createIdentityService } from "#services/gateway/identity/identity-service.ts";
import { OidcTokens } from "#services/gateway/identity/oidc-tokens.ts";
import { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoConnections } from "#shared/adapters/aws/dynamodb/dynamo-connections.ts";
import { openDynamoIdentityStore } from "#shared/adapters/aws/dynamodb/dynamo-identity-store.ts";
import { createKmsSealer } from "#shared/adapters/aws/kms/kms-sealer.ts";
import { type FunctionContext, Instrumented } from "#shared/adapters/aws/lambda/instrumented.ts";
import { createHttpDoorGateway } from "#shared/adapters/real/http-door-gateway.ts";
import { kept } from "#shared/adapters/real/kept.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { environmentPrefix } from "#shared/config/aws/names.ts";
import { readServiceConfig } from "#shared/config/service-config.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { DoorHandler } from "./door-handler.ts";
import { handleWebSocketEvent, type WebSocketAnswer, type WebSocketEvent } from "./web-socket-event.ts";

const config = readServiceConfig("serverless-door", process.env);
const region = config.MERIDIAN_REGION;
const clock = systemClock();
const random = systemRandom();
const instrumented = new Instrumented("serverless-door", config.MERIDIAN_LOG);
const dynamo = new Dynamo({ region, prefix: environmentPrefix(config.MERIDIAN_ENVIRONMENT), clock });

const door = kept(async () => {
  const identity = await createIdentityService({
    store: openDynamoIdentityStore({
      dynamo,
      sealer: createKmsSealer({ region, keyId: config.MERIDIAN_SEALING_KEY, random }),
    }),
    clock,
    random,
    // Accounts are made by gateways, at the first request of a user: the door reads only.
    mintAccount: () => {
      throw new ApiError("UNAUTHORIZED");
    },
    sessionLifetimeSeconds: 0,
    sealerOf: (key) => createLocalSealer(key, random),
    oidc: new OidcTokens({ issuer: config.MERIDIAN_ISSUER, audience: config.MERIDIAN_AUDIENCE, clock }),
  });
  return new DoorHandler({
    authenticator: identity,
    connections: openDynamoConnections({ dynamo }),
    gateway: createHttpDoorGateway(config.MERIDIAN_GATEWAY_URL),
    sealer: identity.sealer,
    clock,
  });
});

/** The function behind the WebSocket API: who connects, its orders, that it is gone. */
export const handler = (event: WebSocketEvent, context: FunctionContext): Promise<WebSocketAnswer> =>
  instrumented.run(context, async () => handleWebSocketEvent(await door(), event));
