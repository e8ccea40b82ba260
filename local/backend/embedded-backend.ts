import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openSqliteEventBus } from "#shared/adapters/embedded/bus/sqlite-event-bus.ts";
import { openPGliteLedger } from "#shared/adapters/embedded/ledger/open-pglite-ledger.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { openStores } from "../open-stores.ts";
import type { OpenBackend, RegionIdentity } from "./backend.ts";

export interface EmbeddedBackendOptions {
  readonly dataFolder: string;
  /** Removes what an earlier run left in the data folder. */
  readonly fresh?: boolean | undefined;
  /** What the data folder is a part of; one Region by itself where nothing is said. */
  readonly layout?: string | undefined;
  /** What stands between the shards and their journals. */
  readonly wrapJournal?: ((journal: Journal) => Journal) | undefined;
  /** Users and keys; in the data folder where nothing is said. */
  readonly identity?: RegionIdentity | undefined;
  readonly clock: Clock;
}

/** To PostgreSQL a transaction of one trade costs nearly what one of two hundred does, and the ledger may follow half a second behind. */
const LEDGER_GATHERS = { messages: 200, windowMs: 500 };

/** A Region on SQLite files and PGlite in a data folder, with its fan-out in the process. Opening throws `StorageError`. */
export function embeddedBackend(options: EmbeddedBackendOptions): OpenBackend {
  const { dataFolder, fresh = false, layout, wrapJournal, clock } = options;
  return async ({ shards, onFailure }) => {
    const stores = openStores(dataFolder, { fresh, layout, wrapJournal, shards, onFailure });
    const closers: (() => Promise<void>)[] = [() => stores.close()];
    // A folder of its own: what is in it can be made again from the journals, as a whole.
    const events = join(dataFolder, "events");
    return {
      stores,
      identity: options.identity ?? {
        store: stores.identity,
        mintAccount: () => stores.counters.take("account", 1) as AccountId,
      },
      openBus: (onHandlerError) => {
        mkdirSync(events, { recursive: true, mode: 0o700 });
        const bus = openSqliteEventBus({
          file: join(events, "bus.db"),
          clock,
          consumers: ["ledger", "notifier"],
          gathering: { ledger: LEDGER_GATHERS },
          onFailure,
          onHandlerError,
        });
        closers.push(() => bus.close());
        return { bus, positions: bus.positions };
      },
      openLedger: (signal) => openPGliteLedger(join(events, "ledger"), signal),
      close: async () => {
        for (const close of closers.splice(0).reverse()) await close();
      },
    };
  };
}
