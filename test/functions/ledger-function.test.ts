import { expect } from "chai";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { Client } from "pg";
import { mapQueue, queueEvent } from "#local/aws-local/map-queue.ts";
import type { LocalFunction } from "#local/aws-local/start-function.ts";
import { type PostgresServer, startPostgres } from "#local/aws-local/start-postgres.ts";
import { type LocalSecrets, startSecrets } from "#local/aws-local/start-secrets.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { openPostgresLedger } from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import { depositMessage, tradeMessage } from "#test/contract/support/sample-messages.ts";
import { eventually } from "#test/support/eventually.ts";
import { functionOf, isIdle, type LocalBuses, startBuses } from "./local-world.ts";

const SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:meridian-local-ledger";
const ALICE = 1 as AccountId;

describe("the ledger's function, as it is deployed", function () {
  this.timeout(120_000);
  const bundle = functionOf("ledger");
  const closers: (() => unknown)[] = [];
  let postgres: PostgresServer;
  let buses: LocalBuses;
  let secrets: LocalSecrets;
  let ledger: Ledger;

  before(async () => {
    const secret = JSON.stringify({ username: "postgres", password: "any" });
    [postgres, buses, secrets] = await Promise.all([
      startPostgres(systemClock()),
      startBuses(),
      startSecrets(new Map([[SECRET, secret]])),
    ]);
  });
  beforeEach(async () => {
    await sql("DROP DATABASE IF EXISTS ledger WITH (FORCE)", "postgres");
    await sql("CREATE DATABASE ledger", "postgres");
    ledger = await openPostgresLedger({ connectionString: databaseOf("ledger") });
    closers.push(() => ledger.close());
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await bundle.killAll();
  });
  after(async () => {
    await Promise.all([postgres?.stop(), buses?.stop(), secrets?.close()]);
    await postgres?.remove();
    bundle.remove();
  });

  const databaseOf = (name: string) => postgres.connectionString.replace(/postgres$/, name);
  async function sql(statement: string, database = "ledger"): Promise<void> {
    const client = new Client({ connectionString: databaseOf(database) });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }
  const start = (): Promise<LocalFunction> =>
    bundle.start({
      MERIDIAN_LEDGER_HOST: `127.0.0.1:${postgres.port}`,
      MERIDIAN_LEDGER_SECRET: SECRET,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    });
  const totalOf = async () => (await ledger.holdings(ALICE)).reduce((sum, { amount }) => sum + amount, 0n);

  it("writes its queue's batches, and an event that comes twice once", async () => {
    const { bus, queueOf } = await buses.open(5);
    const mapping = mapQueue({ queue: queueOf("ledger"), target: await start(), waitSeconds: 1 });
    closers.push(() => mapping.stop());
    await bus.publish([1, 2, 3, 4].map((seq) => depositMessage(seq, 1, seq)));
    await eventually(async () => (await totalOf()) === 10n && (await isIdle(bus, "ledger")));
    const again = await start();
    await again.call(
      queueEvent(
        [1, 2].map((seq) => ({
          text: JSON.stringify({ version: 1, ...depositMessage(seq, 1, seq) }),
          receives: 1,
          receipt: "",
        })),
      ),
    );
    expect(await totalOf()).to.equal(10n);
  });

  it("does once what a function did that was killed between effect and delete", async () => {
    const { bus, queueOf } = await buses.open(5);
    await bus.publish([1, 2, 3, 4].map((seq) => depositMessage(seq, 1, seq)));
    const killed = await start();
    const batch = await queueOf("ledger").receive(5, new AbortController().signal);
    expect(batch).to.have.length.greaterThan(0);
    await killed.call(queueEvent(batch));
    await killed.kill();
    const written = await totalOf();
    expect(written > 0n, "the effect was there before it was killed").to.equal(true);
    expect(await isIdle(bus, "ledger"), "the queue still has the messages").to.equal(false);
    const mapping = mapQueue({ queue: queueOf("ledger"), target: await start(), waitSeconds: 1 });
    closers.push(() => mapping.stop());
    await eventually(async () => (await isIdle(bus, "ledger")) && (await totalOf()) === 10n);
    expect(await ledger.statement({ account: ALICE, limit: 100 })).to.have.length(4);
    expect((await bus.backlog("ledger")).dead, "known is not refused").to.equal(0);
  });

  it("lets a poison message go to the dead-letter queue, does those behind it, and does it once it is redriven and its reason gone", async () => {
    await sql("ALTER TABLE ledger_entries ADD CONSTRAINT no_trades CHECK (account <> 2)");
    const { bus, queueOf } = await buses.open(2);
    const mapping = mapQueue({ queue: queueOf("ledger"), target: await start(), waitSeconds: 1 });
    closers.push(() => mapping.stop());
    // Account 2 buys: the books refuse the trade, and take the deposits around it.
    await bus.publish([depositMessage(1, 1, 5), tradeMessage(2), depositMessage(3, 1, 6)]);
    await eventually(async () => (await bus.backlog("ledger")).dead === 1 && (await isIdle(bus, "ledger")));
    expect(await totalOf()).to.equal(11n);
    expect((await bus.dead("ledger", 9)).map((run) => run?.map(({ seq }) => seq))).to.deep.equal([[2]]);
    await sql("ALTER TABLE ledger_entries DROP CONSTRAINT no_trades");
    expect(await bus.redrive("ledger")).to.equal(1);
    await eventually(
      async () => (await ledger.statement({ account: 2 as AccountId, limit: 10 })).length === 2,
    );
    await eventually(async () => (await bus.backlog("ledger")).dead === 0 && (await isIdle(bus, "ledger")));
  });

  it("waits with its queue while the database is away, and goes on when it is back", async () => {
    const { bus, queueOf } = await buses.open(100);
    await postgres.kill();
    const mapping = mapQueue({ queue: queueOf("ledger"), target: await start(), waitSeconds: 1 });
    closers.push(() => mapping.stop());
    await bus.publish([depositMessage(1, 1, 5)]);
    await eventually(async () => (await bus.backlog("ledger")).inFlight > 0);
    postgres = await postgres.restart();
    await eventually(async () => (await totalOf()) === 5n && (await isIdle(bus, "ledger")));
  });

  it("ends at once, with one line that names it, where a variable is missing", async () => {
    let problem = "";
    await bundle.start({ MERIDIAN_LEDGER_SECRET: SECRET }).catch((error: Error) => {
      problem = error.message;
    });
    expect(problem).to.equal(
      "ledger: ServiceConfigError: ledger: MERIDIAN_LEDGER_HOST is not set (the ledger database's writer endpoint)",
    );
  });
});
