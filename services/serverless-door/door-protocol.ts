import type { SimpleOrderAnswer } from "#shared/protocol/socket.ts";

/** What the serverless door says to a client; JSON, one message a frame. docs/api.md describes it. */
export type DoorMessage = DoorAccepted | DoorRefused | DoorStatus;

/** The order is durable in the log and was folded: how it stood then. */
export interface DoorAccepted extends SimpleOrderAnswer {
  readonly kind: "accepted";
  /** The side of the market that it went to. */
  readonly side: "buy" | "sell";
}

/** Nothing was taken, but for -1007: then it is not known, and the same message may be sent again. */
export interface DoorRefused {
  readonly kind: "refused";
  /** As the message had it; missing where it had none. */
  readonly orderId?: string;
  readonly code: number;
  readonly msg: string;
  readonly field?: string;
}

/** What became of an order. May come twice, and after what happened later: `event` names it, and says so. */
export interface DoorStatus {
  readonly kind: "match" | "no match" | "other";
  /** The client's own. */
  readonly orderId: string;
  readonly meridianOrderId: number;
  readonly symbol: string;
  readonly event: string;
  /** The shard's time, epoch ms. */
  readonly time: number;
  /** False: it happened in a Region that is cut off, and may be undone. */
  readonly final: boolean;
  /** Nothing more will become of the order. */
  readonly ended: boolean;
  /** Of a match. */
  readonly price?: string;
  readonly quantity?: string;
  /** Of an end without one: what the order's status is now, and why. */
  readonly status?: "CANCELED" | "EXPIRED" | "REJECTED";
  readonly reason?: string;
}
