import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openSqliteCounters } from "#shared/adapters/embedded/sqlite-counters.ts";
import { openSqliteIdentityStore } from "#shared/adapters/embedded/sqlite-identity-store.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { IdentityStore } from "#shared/ports/identity-store.ts";

/** Users, keys and sessions of all Regions. */
export interface SharedIdentity {
  readonly store: IdentityStore;
  readonly mintAccount: () => AccountId;
  close(): Promise<void>;
}

/**
 * Opens the identity provider that the Regions of one machine share, as they share one on AWS: it stands for a service beside the Regions, so it fails with none of them, and no link between them carries
 * it. Several processes may have it open; the first makes its files.
 */
export function openSharedIdentity(dataFolder: string): SharedIdentity {
  const folder = join(dataFolder, "identity");
  mkdirSync(folder, { recursive: true });
  const store = openSqliteIdentityStore({ file: join(folder, "identity.db") });
  const counters = openSqliteCounters({ file: join(folder, "accounts.db") });
  return {
    store,
    mintAccount: () => counters.take("account", 1) as AccountId,
    close: async () => {
      await store.close();
      counters.close();
    },
  };
}
