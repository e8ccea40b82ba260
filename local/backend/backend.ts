import type { Server } from "socket.io";
import type { AccountId, ShardId } from "#shared/domain/ids.ts";
import type { BusPositions } from "#shared/ports/bus-positions.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import type { Fanout } from "#shared/ports/fanout.ts";
import type { IdentityStore } from "#shared/ports/identity-store.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { FeedStands, MarketFeed } from "#shared/ports/market-feed.ts";
import type { Stores } from "#shared/ports/stores.ts";

/** What one Region stands on: its stores, its bus, its ledger's database and its fan-out, of one kind of machinery. */
export interface RegionBackend {
  readonly stores: Stores;
  /** Users, keys and sessions of all Regions. */
  readonly identity: RegionIdentity;
  /** The bus to the Region's consumers. Asked for once, and closed with the backend. */
  openBus(onHandlerError: (consumer: string, error: unknown) => void): RegionBus;
  /** The ledger's database; it may take seconds, and `signal` gives it up. The caller closes it. */
  openLedger(signal: AbortSignal): Promise<Ledger>;
  /** How what is told to rooms comes to the Region's gateways; in this process by itself without it. */
  readonly attachFanout?: ((io: Server) => AttachedFanout) | undefined;
  /** Where trades and book changes go for consumers outside; nowhere without it. Asked for once, and closed with the backend. */
  readonly openMarketFeed?: (() => RegionMarketFeed) | undefined;
  close(): Promise<void>;
}

export interface RegionMarketFeed {
  readonly feed: MarketFeed;
  readonly stands: FeedStands;
}

export interface RegionIdentity {
  readonly store: IdentityStore;
  readonly mintAccount: () => AccountId;
}

/** The bus, and how far each shard was handed to it. */
export interface RegionBus {
  readonly bus: EventBus;
  readonly positions: BusPositions;
}

/** The fan-out of one gateway: what it tells, and that it hears what others tell. */
export interface AttachedFanout extends Fanout {
  /** True while what is told comes in. */
  readonly isConnected: boolean;
}

/** What a backend is opened for. */
export interface BackendContext {
  readonly shards: readonly ShardId[];
  /** What a Region cannot go on from. */
  readonly onFailure: (error: unknown) => void;
}

/** Opens what a Region stands on. Rejects with an `OperatingError`; nothing is left open then. */
export type OpenBackend = (context: BackendContext) => Promise<RegionBackend>;
