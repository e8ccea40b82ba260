import { ApiError } from "#shared/protocol/errors.ts";
import type { DoorHandler } from "./door-handler.ts";

/** What the door needs of an event of an API Gateway WebSocket API. */
export interface WebSocketEvent {
  readonly requestContext: {
    readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
    readonly connectionId: string;
    readonly identity?: { readonly sourceIp?: string };
  };
  /** Of CONNECT alone. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
}

/** A refused CONNECT opens nothing; the body of a MESSAGE's answer is sent to the client. */
export interface WebSocketAnswer {
  readonly statusCode: number;
  readonly body?: string;
}

/** One event of API Gateway, whoever plays it. */
export async function handleWebSocketEvent(
  door: DoorHandler,
  event: WebSocketEvent,
): Promise<WebSocketAnswer> {
  const { eventType, connectionId, identity } = event.requestContext;
  switch (eventType) {
    case "CONNECT":
      try {
        await door.connect(connectionId, {
          query: event.queryStringParameters ?? {},
          headers: inLowerCase(event.headers ?? {}),
        });
        return { statusCode: 200 };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { statusCode: error.entry.status, body: JSON.stringify(error) };
      }
    case "MESSAGE":
      return {
        statusCode: 200,
        body: JSON.stringify(await door.message(connectionId, event.body ?? "", identity?.sourceIp ?? "")),
      };
    case "DISCONNECT":
      await door.disconnect(connectionId);
      return { statusCode: 200 };
  }
}

function inLowerCase(headers: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
