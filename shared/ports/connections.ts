import type { AccountId, OrderId } from "#shared/domain/ids.ts";

/** Who waits at the serverless door for the status of which order, until the order is final or the connection is gone. */
export interface Connections {
  /** Durable when it resolves; one that is there stays. */
  add(waiting: WaitingConnection): Promise<void>;
  /** Who waits for an order, by connection id. Some of them may have expired. */
  of(orderId: OrderId): Promise<readonly WaitingConnection[]>;
  /** The order is final: nobody waits for it any more. */
  removeOrder(orderId: OrderId): Promise<void>;
  /** The connection is gone: it waits for nothing any more. */
  removeConnection(connectionId: string): Promise<void>;
  /** Forgets those that expired before `now`, epoch seconds. A world that forgets by itself does nothing here. */
  forgetExpired(now: number): Promise<void>;
  close(): Promise<void>;
}

export interface WaitingConnection {
  readonly orderId: OrderId;
  readonly connectionId: string;
  /** Whose connection it is: it hears of its own orders only. */
  readonly account: AccountId;
  /** Epoch seconds: no connection of API Gateway lives longer than two hours. */
  readonly expiresAt: number;
}
