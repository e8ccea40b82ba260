import {
  openPostgresLedger,
  openPostgresLedgerReader,
  type PostgresLedgerOptions,
} from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";
import type { Ledger, LedgerReader } from "#shared/ports/ledger.ts";
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
const READER_CONNECTIONS_MAX = 2;

/** Opens the ledger of a function: one connection, for it does one batch at a time; over TLS, whose certificate is checked, except on this machine. `LedgerUnavailable`. */
export async function openLedgerBySecret(options: LedgerBySecretOptions): Promise<Ledger> {
  return openPostgresLedger({ ...(await bySecret(options)), connectionsMax: 1 });
}

/** Opens it for a gateway, which only reads it, and seldom: few connections, for there may be many gateways. `LedgerUnavailable`. */
export async function openLedgerReaderBySecret(options: LedgerBySecretOptions): Promise<LedgerReader> {
  return openPostgresLedgerReader({ ...(await bySecret(options)), connectionsMax: READER_CONNECTIONS_MAX });
}

async function bySecret({
  region,
  host,
  secretArn,
  onConnectionLost,
}: LedgerBySecretOptions): Promise<PostgresLedgerOptions> {
  const { username, password } = JSON.parse(await readSecret(region, secretArn)) as Record<string, string>;
  const url = new URL(`postgres://${host}/${DATABASE}`);
  url.username = encodeURIComponent(username ?? "");
  url.password = encodeURIComponent(password ?? "");
  if (url.hostname !== "127.0.0.1") url.searchParams.set("sslmode", "verify-full");
  return {
    connectionString: url.href,
    ...(onConnectionLost === undefined ? {} : { onConnectionLost }),
  };
}
