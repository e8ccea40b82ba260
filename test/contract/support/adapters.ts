import type { Acceptor } from "#shared/ports/acceptor.ts";
import type { AuditTrail } from "#shared/ports/audit-trail.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Connections } from "#shared/ports/connections.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { IdentityStore } from "#shared/ports/identity-store.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { KnownOwnership } from "#shared/ports/known-ownership.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { Outbox } from "#shared/ports/outbox.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";

/** Where a store keeps what it is given: a folder, a table, a stream. A suite opens it, closes it and opens it again. */
export type Place = string;

/** One durable port in one world. */
export interface StoreAdapter<Store extends { close(): unknown }, Options = never> {
  open(place: Place, options?: Options): Promise<Store>;
  /** Changes the content of the newest record behind the back of the store, which is closed; not every world lets one do that. */
  readonly damageNewest?: (place: Place) => Promise<void>;
}

export interface CommandLogOptions {
  /** Appends that may wait for a commit. */
  readonly maxWaiting: number;
}

/**
 * All ports in one world. A module of a world exports it as `adapters`: the suites run it in this process, and the writer program
 * that is killed imports it in its own.
 */
export interface Adapters {
  readonly world: string;
  /** The module that exports this as `adapters`. */
  readonly module: string;
  makePlace(): Promise<Place>;
  removePlace(place: Place): Promise<void>;
  readonly commandLog: StoreAdapter<CommandLog, CommandLogOptions>;
  readonly logCopies: StoreAdapter<LogCopies>;
  readonly journal: StoreAdapter<Journal>;
  readonly snapshots: StoreAdapter<SnapshotStore>;
  readonly projections: StoreAdapter<Projections>;
  readonly counters: StoreAdapter<Counters & { close(): unknown }>;
  readonly identity: StoreAdapter<IdentityStore>;
  readonly acceptor: StoreAdapter<Acceptor>;
  readonly outbox: StoreAdapter<Outbox>;
  readonly connections: StoreAdapter<Connections>;
  readonly knownOwnership: StoreAdapter<KnownOwnership>;
  readonly reconciliations: StoreAdapter<ReconciliationStore>;
  readonly audit: StoreAdapter<AuditTrail>;
  readonly feed: () => OutcomeFeed;
}
