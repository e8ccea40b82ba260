import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { ConnectionPoster } from "#shared/ports/connection-poster.ts";
import { clientConfig } from "../client-config.ts";

const REQUEST_TIMEOUT_MS = 3000;
const ATTEMPTS = 3;
/** `GoneException`: the client left. */
const GONE = 410;

/** Writes to the connections of a WebSocket API, by its stage's address (`https://{api}.execute-api.{region}.amazonaws.com/{stage}`). */
export function createManagementApiPoster(region: string, endpoint: string): ConnectionPoster {
  const client = new ApiGatewayManagementApiClient(
    clientConfig({ region, endpoint }, { attempts: ATTEMPTS, requestTimeoutMs: REQUEST_TIMEOUT_MS }),
  );
  return {
    post: async (ConnectionId, text) => {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(text) }));
        return "sent";
      } catch (error) {
        const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
        return $metadata?.httpStatusCode === GONE ? "gone" : "failed";
      }
    },
  };
}
