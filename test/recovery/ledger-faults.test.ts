import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { Client } from "pg";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { type PostgresServer, startPostgres } from "#local/aws-local/start-postgres.ts";
import { startQueues } from "#local/aws-local/start-queues.ts";
import { ledgerHandler } from "#services/ledger/ledger-handler.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { createBus } from "#shared/adapters/aws/event-bus/create-bus.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { openSqliteEventBus } from "#shared/adapters/embedded/bus/sqlite-event-bus.ts";
import { openPGliteLedger } from "#shared/adapters/embedded/ledger/open-pglite-ledger.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { openPostgresLedger } from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import { depositMessage, tradeMessage } from "#test/contract/support/sample-messages.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import type { ConsumerSetting } from "./ledger-consumer.ts";

const ALICE = 1 as AccountId;
const fail = (error: unknown): never => {
  throw error;
};

describe("the ledger and its queue, when things break", function () {
  this.timeout(60_000);
  const clock = systemClock();
  const folders = temporaryFolders();
  let postgres: PostgresServer;
  let queues: RunningServer;
  let clients: ReturnType<typeof queueClients>;
  const opened: { close(): Promise<void> }[] = [];

  before(async () => {
    [postgres, queues] = await Promise.all([startPostgres(clock), startQueues({ clock })]);
    clients = queueClients({ region: "us-east-1", local: queues });
  });
  after(async () => {
    for (const each of opened.splice(0)) await each.close();
    clients.sns.destroy();
    clients.sqs.destroy();
    await Promise.all([postgres.stop(), queues.stop()]);
    await postgres.remove();
    folders.removeAll();
  });

  async function database(name: string): Promise<string> {
    await sql(postgres.connectionString, `CREATE DATABASE ${name}`);
    return postgres.connectionString.replace(/postgres$/, name);
  }

  async function sql(connectionString: string, statement: string): Promise<void> {
    const client = new Client({ connectionString });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }

  async function openLedger(connectionString: string): Promise<Ledger> {
    const ledger = await openPostgresLedger({ connectionString });
    opened.push(ledger);
    return ledger;
  }

  async function openQueues(prefix: string, receivesMax: number) {
    const settings = { visibilitySeconds: 1, receivesMax };
    const addresses = await createBus(clients.sns, clients.sqs, busTopology(prefix, settings));
    const bus = createAwsEventBus({
      ...clients,
      addresses,
      clock,
      settings,
      waitSeconds: 1,
      onFailure: fail,
    });
    opened.push(bus);
    return { bus, addresses };
  }

  const isEmpty = async (bus: EventBus) => {
    const { waiting, inFlight } = await bus.backlog("ledger");
    return waiting + inFlight === 0;
  };
  const totalOf = async (ledger: Ledger) =>
    (await ledger.holdings(ALICE)).reduce((sum, { amount }) => sum + amount, 0n);

  it("writes once what a consumer wrote and was killed over before the queue was told", async () => {
    const connectionString = await database("killed");
    const { bus, addresses } = await openQueues("killed", 5);
    await bus.publish([1, 2, 3, 4].map((seq) => depositMessage(seq, 1, seq)));
    const setting: ConsumerSetting = { queuesUrl: queues.url, addresses, connectionString };
    const program = fileURLToPath(new URL("./ledger-consumer.ts", import.meta.url));
    const child = spawn(process.execPath, ["--no-warnings", program, JSON.stringify(setting)], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const [, signal] = await once(child, "exit");
    expect(signal).to.equal("SIGKILL");
    const ledger = await openLedger(connectionString);
    const written = await totalOf(ledger);
    expect(written > 0n, "the books hold what the queue still has").to.equal(true);
    let again = 0;
    const handle = ledgerHandler({ ledger, onRefused: fail, onUnavailable: fail });
    bus.consume("ledger", (deliveries) => {
      again += deliveries.filter(({ receives }) => receives > 1).length;
      return handle(deliveries);
    });
    await eventually(async () => (await totalOf(ledger)) === 10n && (await isEmpty(bus)));
    expect(again).to.be.greaterThan(0);
    expect((await bus.backlog("ledger")).dead, "known is not refused").to.equal(0);
  });

  it("puts aside what the books refuse, goes on behind it, and writes it once the reason is gone and it is redriven", async () => {
    const connectionString = await database("poisoned");
    const ledger = await openLedger(connectionString);
    await sql(connectionString, "ALTER TABLE ledger_entries ADD CONSTRAINT no_trades CHECK (account <> 2)");
    const { bus } = await openQueues("poisoned", 2);
    const refused: string[] = [];
    bus.consume(
      "ledger",
      ledgerHandler({ ledger, onRefused: (name) => refused.push(name), onUnavailable: fail }),
    );
    // Account 2 buys: the books refuse the trade, and take the deposits around it.
    await bus.publish([
      depositMessage(1, 1, 5),
      tradeMessage(2),
      depositMessage(3, 1, 6),
      tradeMessage(4, "ETHUSDT"),
    ]);
    await eventually(async () => (await bus.backlog("ledger")).dead === 2);
    await eventually(() => isEmpty(bus));
    expect(await totalOf(ledger)).to.equal(11n);
    expect(new Set(refused)).to.deep.equal(new Set([tradeMessage(2).name, tradeMessage(4).name]));
    await sql(connectionString, "ALTER TABLE ledger_entries DROP CONSTRAINT no_trades");
    expect(await bus.redrive("ledger")).to.equal(2);
    await eventually(
      async () => (await ledger.statement({ account: 2 as AccountId, limit: 10 })).length === 4,
    );
    await eventually(async () => (await bus.backlog("ledger")).dead === 0 && (await isEmpty(bus)));
  });

  it("loses nothing of an embedded ledger whose process is killed, while it is made or while it is written to", async () => {
    const folder = join(folders.make(), "ledger");
    const program = fileURLToPath(new URL("./ledger-writer.ts", import.meta.url));
    const run = () =>
      spawn(process.execPath, ["--no-warnings", program, folder], { stdio: ["ignore", "pipe", "inherit"] });
    const making = run();
    await eventually(() => existsSync(`${folder}.new`));
    making.kill("SIGKILL");
    await once(making, "exit");
    expect(existsSync(folder)).to.equal(false);
    const writing = run();
    let last = 0;
    for await (const line of createInterface({ input: writing.stdout })) {
      last = Number(line);
      if (last === 30) writing.kill("SIGKILL");
    }
    const ledger = await openPGliteLedger(folder);
    opened.push(ledger);
    const held = Number(await totalOf(ledger));
    expect(held).to.be.within(last, last + 1);
  });

  it("loses and doubles nothing when PostgreSQL is killed and comes back under load", async () => {
    const connectionString = await database("restarted");
    const ledger = await openLedger(connectionString);
    const bus = openSqliteEventBus({
      file: join(folders.make(), "bus.db"),
      clock,
      consumers: ["ledger"],
      settings: { visibilitySeconds: 1, receivesMax: 1000 },
      onFailure: fail,
    });
    opened.push(bus);
    let unavailable = 0;
    const handle = ledgerHandler({
      ledger,
      onRefused: (_name, error) => fail(error),
      onUnavailable: () => unavailable++,
    });
    bus.consume("ledger", handle);
    const count = 400;
    const publish = async (first: number, last: number) => {
      for (let seq = first; seq <= last; seq++) {
        const market = depositMessage(seq, 1, seq);
        await bus.publish([{ ...market, group: `shard:${seq % 20}` }]);
      }
    };
    await publish(1, count / 2);
    await eventually(async () => (await totalOf(ledger)) > 0n);
    await postgres.kill();
    await publish(count / 2 + 1, count);
    await eventually(() => unavailable > 0);
    postgres = await postgres.restart();
    const expected = (BigInt(count) * BigInt(count + 1)) / 2n;
    await eventually(async () => (await isEmpty(bus)) && (await totalOf(ledger)) === expected);
    expect((await bus.backlog("ledger")).dead).to.equal(0);
    expect(await ledger.statement({ account: ALICE, limit: 1000 })).to.have.length(count);
  });
});
