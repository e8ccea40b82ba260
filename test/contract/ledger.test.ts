import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Kysely } from "kysely";
import { after, before, describe, it } from "mocha";
import { Client } from "pg";
import { type PostgresServer, startPostgres } from "#local/aws-local/start-postgres.ts";
import { ledgerBatch } from "#services/ledger/ledger-handler.ts";
import { openPGliteLedger } from "#shared/adapters/embedded/ledger/open-pglite-ledger.ts";
import { PGliteDialect } from "#shared/adapters/embedded/ledger/pglite-dialect.ts";
import { PGliteThread } from "#shared/adapters/embedded/ledger/pglite-thread.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { LedgerTables } from "#shared/adapters/sql/ledger/ledger-tables.ts";
import {
  openPostgresLedger,
  openPostgresLedgerReader,
} from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";
import { openSqlLedger } from "#shared/adapters/sql/ledger/sql-ledger.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import { type Ledger, LedgerUnavailable } from "#shared/ports/ledger.ts";
import { ledgerContract } from "./ledger-contract.ts";
import { depositMessage } from "./support/sample-messages.ts";

describe("the ledger on PGlite", () => {
  let thread: PGliteThread;
  const folder = mkdtempSync(join(tmpdir(), "meridian-ledger-"));
  const opened: Ledger[] = [];
  before(async () => {
    thread = await PGliteThread.open(undefined);
  });
  after(async () => {
    for (const ledger of opened) await ledger.close();
    await thread.close();
    rmSync(folder, { recursive: true, force: true });
  });

  ledgerContract({
    world: "PGlite",
    // The same database for all, emptied: a new one would take seconds each.
    open: async () => {
      await thread.query("DROP SCHEMA public CASCADE", []);
      await thread.query("CREATE SCHEMA public", []);
      return openSqlLedger(new Kysely<LedgerTables>({ dialect: new PGliteDialect(thread) }));
    },
    execute: (statement) => thread.query(statement, []),
  });

  it("keeps what it was told when it is closed and opened again", async () => {
    const first = await openPGliteLedger(join(folder, "a"));
    await first.record(ledgerBatch([depositMessage(1, 1, 77)]));
    await first.close();
    const ledger = await openPGliteLedger(join(folder, "a"));
    opened.push(ledger);
    expect(await ledger.record(ledgerBatch([depositMessage(1, 1, 77)]))).to.equal(0);
    expect((await ledger.holdings(1 as AccountId)).map(({ amount }) => amount)).to.deep.equal([77n]);
  });
});

describe("the ledger on PostgreSQL", () => {
  let server: PostgresServer;
  let admin: Client;
  let current = "";
  const opened: Ledger[] = [];
  before(async () => {
    server = await startPostgres(systemClock());
    admin = new Client({ connectionString: server.connectionString });
    await admin.connect();
  });
  after(async () => {
    for (const ledger of opened) await ledger.close();
    await admin.end();
    await server.stop();
    await server.remove();
  });

  let count = 0;
  ledgerContract({
    world: "PostgreSQL",
    open: async () => {
      current = server.connectionString.replace(/postgres$/, `test_${++count}`);
      await admin.query(`CREATE DATABASE test_${count}`);
      const ledger = await openPostgresLedger({ connectionString: current });
      opened.push(ledger);
      return ledger;
    },
    execute: async (statement) => {
      const client = new Client({ connectionString: current });
      await client.connect();
      try {
        return await client.query(statement);
      } finally {
        await client.end();
      }
    },
  });

  it("is made once by two that open it at the same time", async () => {
    await admin.query("CREATE DATABASE shared_by_two");
    const connectionString = server.connectionString.replace(/postgres$/, "shared_by_two");
    const both = await Promise.all([
      openPostgresLedger({ connectionString }),
      openPostgresLedger({ connectionString }),
    ]);
    opened.push(...both);
    const written = await Promise.all(both.map((ledger) => ledger.record(ledgerBatch([depositMessage(1)]))));
    expect(written.sort()).to.deep.equal([0, 1]);
  });

  it("is read by who has no part in writing it, and the database itself refuses such a reader everything else", async () => {
    await admin.query("CREATE DATABASE read_only");
    const connectionString = server.connectionString.replace(/postgres$/, "read_only");
    // Nobody has written yet: there is nothing to read, and a reader makes no tables.
    const early = await openPostgresLedgerReader({ connectionString }).catch((error: unknown) => error);
    expect(early).to.be.instanceOf(LedgerUnavailable);
    const writer = await openPostgresLedger({ connectionString });
    opened.push(writer);
    await writer.record(ledgerBatch([depositMessage(1)]));
    const reader = await openPostgresLedgerReader({ connectionString });
    opened.push(reader as Ledger);
    expect(await reader.holdings(1 as AccountId)).to.have.length(1);
    const written = await (reader as Ledger)
      .record(ledgerBatch([depositMessage(2)]))
      .catch((error: unknown) => error);
    expect(String(written)).to.include("read-only transaction");
  });
});
