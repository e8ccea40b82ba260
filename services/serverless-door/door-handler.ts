import type { Authenticator, Principal } from "#services/gateway/identity/principal.ts";
import { parseSimpleOrder } from "#services/gateway/simple-order/simple-order-schema.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Connections, DoorConnection } from "#shared/ports/connections.ts";
import type { DoorGateway } from "#shared/ports/door-gateway.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { SimpleOrder, SimpleOrderAnswer } from "#shared/protocol/socket.ts";
import { type DoorCredentials, identifyConnect } from "./door-connect.ts";
import type { DoorAccepted, DoorRefused } from "./door-protocol.ts";

/** Who a connection speaks for, and a token in its name. */
export interface DoorAuthenticator extends Authenticator {
  /** A session's token for who has shown a key, valid for moments. */
  actFor(principal: Principal): Promise<string>;
}

export interface DoorDependencies {
  readonly authenticator: DoorAuthenticator;
  readonly connections: Pick<Connections, "open" | "connection" | "removeConnection">;
  readonly gateway: DoorGateway;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** No connection of API Gateway lives longer. */
export const CONNECTION_SECONDS = 2 * 60 * 60;

/** The serverless door: who connects, what orders it sends, that it is gone. */
export class DoorHandler {
  readonly #dependencies: DoorDependencies;

  constructor(dependencies: DoorDependencies) {
    this.#dependencies = dependencies;
  }

  /** Lets in who says who it is. Throws `ApiError`. */
  async connect(connectionId: string, credentials: DoorCredentials): Promise<void> {
    const { authenticator, connections, sealer, clock } = this.#dependencies;
    const connected = await identifyConnect(credentials, authenticator);
    const credential =
      connected.via === "session"
        ? await sealer.seal(nameOf(connectionId), Buffer.from(connected.token))
        : Buffer.from(connected.apiKey);
    await connections.open({
      connectionId,
      account: connected.principal.account,
      via: connected.via,
      credential,
      expiresAt: Math.floor(clock.now() / 1000) + CONNECTION_SECONDS,
    });
  }

  /** Places the simple order of a message. What becomes of it later is pushed to the connection. */
  async message(connectionId: string, body: string, address: string): Promise<DoorAccepted | DoorRefused> {
    let orderId: string | undefined;
    try {
      const message = readMessage(body);
      ({ orderId } = message);
      const token = await this.#tokenOf(connectionId);
      const answer = await this.#dependencies.gateway.place({ token, connectionId, body, address });
      if (answer === undefined) throw new ApiError("STATUS_UNKNOWN");
      if (answer.status !== 200) return refused(orderId, answer.body as DoorRefused);
      return { kind: "accepted", side: sideOf(message), ...(answer.body as SimpleOrderAnswer) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return refused(orderId, error.toJSON());
    }
  }

  async disconnect(connectionId: string): Promise<void> {
    await this.#dependencies.connections.removeConnection(connectionId);
  }

  /** Asked again for each message: a session may have ended, a key may be deleted. */
  async #tokenOf(connectionId: string): Promise<string> {
    const { authenticator, connections, sealer } = this.#dependencies;
    const connection: DoorConnection | undefined = await connections.connection(connectionId);
    if (connection === undefined) throw new ApiError("UNAUTHORIZED");
    if (connection.via === "session")
      return Buffer.from(await sealer.open(nameOf(connectionId), connection.credential)).toString();
    const principal = await authenticator.byApiKey(Buffer.from(connection.credential).toString());
    if (!principal.canTrade) throw new ApiError("REJECTED_API_KEY");
    return authenticator.actFor(principal);
  }
}

/** Buyers and sellers are told apart here already; what else is wrong with a message, the gateway knows. */
function sideOf({ type }: SimpleOrder): DoorAccepted["side"] {
  return type === "BUY" ? "buy" : "sell";
}

function readMessage(body: string): SimpleOrder {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    throw new ApiError("INVALID_JSON");
  }
  return parseSimpleOrder(message);
}

function refused(
  orderId: string | undefined,
  { code, msg, field }: { readonly code: number; readonly msg: string; readonly field?: string },
): DoorRefused {
  return {
    kind: "refused",
    ...(orderId === undefined ? {} : { orderId }),
    code,
    msg,
    ...(field === undefined ? {} : { field }),
  };
}

function nameOf(connectionId: string): string {
  return `CONNECTION#${connectionId}`;
}
