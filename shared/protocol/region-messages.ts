/** Messages of the Socket.IO protocol (socket.ts) that tell of Regions, shards, and what may still be undone. */

/**
 * What a feed told of its shard behind `toSeq` is undone: a fork was given up for what the majority decided, or a Region was lost with what nobody had
 * seen. What stands there instead follows, with the new branches. Sent to who follows the feed, before anything newer.
 */
export interface RewoundMessage {
  /** As in a resync request. */
  readonly feed: string;
  readonly shard: string;
  /** The branch in which `toSeq` stands. */
  readonly branch: string;
  readonly toSeq: number;
}

/** Everything of a shard up to here is held by a majority of Regions: it stays. Complete by itself, sent to everybody, never backwards in an epoch. */
export interface FinalMessage {
  readonly shard: string;
  readonly branch: string;
  readonly seq: number;
}

export const ROUTES = ["own", "remote", "fork", "unreachable"] as const;
export const BACKPRESSURE = ["ok", "slow", "refusing"] as const;

/** A shard as a Region sees it. */
export interface ShardStatus {
  readonly shard: string;
  readonly symbols: readonly string[];
  readonly owner: string;
  readonly epoch: number;
  /** Of what the Region shows now. */
  readonly branch: string;
  /** Where orders go: the Region's own log, the owner's over the link, a fork of the Region (provisional), or into its outbox. */
  readonly route: (typeof ROUTES)[number];
  /** True while what the Region shows last stands in a fork, and may be undone. */
  readonly provisional: boolean;
  /** True while a fork that the Region had opened is sealed, and is replayed on the owner's log: until that is final. */
  readonly reconciling: boolean;
  /** How far the Region is behind the owner; `null` where nobody can say. */
  readonly lagMs: number | null;
  readonly seq: number;
  readonly finalSeq: number;
  /** What the shard takes: all; all, but slowly; no new orders. */
  readonly backpressure: (typeof BACKPRESSURE)[number];
  /** Commands that wait in the Region's outbox. */
  readonly queued: number;
}

/** How Regions and shards stand, as the Region of the gateway sees them. Complete by itself, sent to everybody: at first, and when it has changed. */
export interface RegionStatusMessage {
  readonly region: string;
  /** True while it does not reach a majority of the Regions. */
  readonly isPartitioned: boolean;
  readonly regions: readonly {
    readonly region: string;
    readonly health: "up" | "unreachable";
    readonly roundTripMs: number | null;
  }[];
  readonly shards: readonly ShardStatus[];
}

/** Funds of a user on their way from one shard to another: sent by the one, and not credited by the other yet. */
export interface WireTransfer {
  readonly transferId: string;
  readonly asset: string;
  readonly amount: string;
  readonly fromShard: string;
  readonly toShard: string;
}

/** All that a user has on its way now. Complete by itself, of no feed. */
export interface TransfersMessage {
  readonly transfers: readonly WireTransfer[];
}
