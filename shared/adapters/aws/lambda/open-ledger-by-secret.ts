import { openPostgresLedger } from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import { readSecret } from "./read-secret.ts";

export interface LedgerBySecretOptions {
  readonly region: string;
  /** The cluster's endpoint: a host, or host:port. */
  readonly host: string;
  /** The secret with `username` and `password`. */
  readonly secretArn: string;
  readonly onConnectionLost?: (error: Error) => void;
}

const DATABASE = "ledger";

/** Opens the ledger of a function: one connection, for it does one batch at a time; over TLS, whose certificate is checked, except on this machine. `LedgerUnavailable`. */
export async function openLedgerBySecret(options: LedgerBySecretOptions): Promise<Ledger> {
  const { region, host, secretArn, onConnectionLost } = options;
  const { username, password } = JSON.parse(await readSecret(region, secretArn)) as Record<string, string>;
  const url = new URL(`postgres://${host}/${DATABASE}`);
  url.username = encodeURIComponent(username ?? "");
  url.password = encodeURIComponent(password ?? "");
  if (url.hostname !== "127.0.0.1") url.searchParams.set("sslmode", "verify-full");
  return openPostgresLedger({
    connectionString: url.href,
    connectionsMax: 1,
    ...(onConnectionLost === undefined ? {} : { onConnectionLost }),
  });
}
