import type { AccountId, OrderId } from "#shared/domain/ids.ts";

/** Who is connected to the serverless door, and waits for the status of which order, until the order is final or the connection is gone. */
export interface Connections {
  /** Durable when it resolves. */
  open(connection: DoorConnection): Promise<void>;
  /** One that is open. It may have expired. */
  connection(connectionId: string): Promise<DoorConnection | undefined>;
  /** Durable when it resolves; one that is there stays. */
  add(waiting: WaitingConnection): Promise<void>;
  /** Who waits for an order, by connection id. Some of them may have expired. */
  of(orderId: OrderId): Promise<readonly WaitingConnection[]>;
  /** The order is final: whoever waits for it does so until `expiresAt` at most, for what is still on its way on another topic. */
  finish(orderId: OrderId, expiresAt: number): Promise<void>;
  /** The connection is gone: it waits for nothing any more. */
  removeConnection(connectionId: string): Promise<void>;
  /** Forgets those that expired before `now`, epoch seconds. A world that forgets by itself does nothing here. */
  forgetExpired(now: number): Promise<void>;
  close(): Promise<void>;
}

/** A connection and who opened it. */
export interface DoorConnection {
  readonly connectionId: string;
  readonly account: AccountId;
  readonly via: "session" | "api-key";
  /** With which it acts: the session's token, sealed; or the API key, which is no secret. */
  readonly credential: Uint8Array;
  /** Epoch seconds: no connection of API Gateway lives longer than two hours. */
  readonly expiresAt: number;
}

export interface WaitingConnection {
  readonly orderId: OrderId;
  readonly connectionId: string;
  /** Whose connection it is: it hears of its own orders only. */
  readonly account: AccountId;
  /** The order's id as its client knows it. */
  readonly clientOrderId: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
}
