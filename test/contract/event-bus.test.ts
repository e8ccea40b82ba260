import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startQueues } from "#local/aws-local/start-queues.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import type { BusAddresses } from "#shared/adapters/aws/event-bus/bus-addresses.ts";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { createBus } from "#shared/adapters/aws/event-bus/create-bus.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import {
  type EmbeddedEventBus,
  openSqliteEventBus,
  type SqliteEventBusOptions,
} from "#shared/adapters/embedded/bus/sqlite-event-bus.ts";
import { checksumOf } from "#shared/adapters/embedded/checked-record.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { CONSUMERS } from "#shared/protocol/bus/consumers.ts";
import { eventually } from "#test/support/eventually.ts";
import { manualClock } from "#test/support/manual-clock.ts";
import { eventBusContract } from "./event-bus-contract.ts";
import { tradeMessage } from "./support/sample-messages.ts";

const clock = systemClock();
const fail = (error: unknown) => {
  throw error;
};

describe("the event bus on SQLite", () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-bus-"));
  const opened: EmbeddedEventBus[] = [];
  let count = 0;
  const openFile = (file: string, options: Partial<SqliteEventBusOptions> = {}) => {
    const bus = openSqliteEventBus({ file, clock, consumers: CONSUMERS, onFailure: fail, ...options });
    opened.push(bus);
    return bus;
  };
  const nextFile = () => join(folder, `${++count}.db`);

  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  eventBusContract({
    world: "SQLite",
    open: async (settings) => openFile(nextFile(), { settings }),
    putForeign: async (consumer, text) => {
      const database = new DatabaseSync(join(folder, `${count}.db`));
      const bytes = new TextEncoder().encode(text);
      database
        .prepare("INSERT INTO messages (queue, line, name, bytes, crc, sentAt) VALUES (?, 'x', 'x', ?, ?, 0)")
        .run(consumer, bytes, checksumOf(bytes));
      database.close();
    },
  });

  it("gathers for a consumer that wants it so what comes shortly after each other, and keeps no full batch waiting", async () => {
    const clock = manualClock();
    const bus = openFile(nextFile(), { clock, gathering: { ledger: { messages: 3, windowMs: 300 } } });
    const heard: number[][] = [];
    bus.consume("ledger", async (batch) => {
      heard.push(batch.map(({ message }) => message.seq));
      return { failed: [] };
    });
    for (const seq of [1, 2, 3, 4, 5]) await bus.publish([tradeMessage(seq)]);
    clock.advance(299);
    expect(heard).to.deep.equal([]);
    clock.advance(1);
    await eventually(() => heard.flat().length === 3);
    clock.advance(300);
    await eventually(() => heard.flat().length === 5);
    expect(heard).to.deep.equal([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it("keeps what waits, what is dead and how far it came when it is closed and opened again", async () => {
    const file = nextFile();
    const first = openFile(file);
    await first.publish([tradeMessage(1), tradeMessage(2)]);
    await first.positions.advance("crypto-1" as ShardId, 7);
    await first.positions.advance("crypto-1" as ShardId, 5);
    await first.close();
    const bus = openFile(file);
    expect(await bus.positions.position("crypto-1" as ShardId)).to.equal(7);
    expect(await bus.positions.position("crypto-2" as ShardId)).to.equal(0);
    const heard: number[] = [];
    bus.consume("ledger", async (batch) => {
      heard.push(...batch.map(({ message }) => message.seq));
      return { failed: [] };
    });
    await eventually(() => heard.length === 2);
    expect(heard).to.deep.equal([1, 2]);
  });

  it("takes no more than a queue may hold, and takes again once there is room", async () => {
    const bus = openFile(nextFile(), { messagesMax: 2 });
    for (const seq of [1, 2]) await bus.publish([tradeMessage(seq)]);
    expect(await bus.publish([tradeMessage(3)])).to.deep.include({ ok: false, error: "full" });
    let heard = 0;
    for (const consumer of CONSUMERS)
      bus.consume(consumer, async (batch) => {
        heard += batch.length;
        return { failed: [] };
      });
    // Three consumers hear of trades.
    await eventually(() => heard === 6);
    await eventually(async () => (await bus.publish([tradeMessage(3)])).ok);
    await eventually(() => heard === 9);
  });
});

describe("the event bus on SNS and SQS", () => {
  let server: RunningServer;
  let addresses: BusAddresses;
  let clients: ReturnType<typeof queueClients>;
  const opened: { close(): Promise<void> }[] = [];
  let count = 0;

  before(async () => {
    server = await startQueues({ clock });
    clients = queueClients({ region: "us-east-1", local: server });
  });
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
  });
  after(async () => {
    clients.sns.destroy();
    clients.sqs.destroy();
    await server.stop();
  });

  eventBusContract({
    world: "SNS and SQS",
    open: async (settings) => {
      addresses = await createBus(clients.sns, clients.sqs, busTopology(`test${++count}`, settings));
      const bus = createAwsEventBus({
        ...clients,
        addresses,
        clock,
        settings,
        waitSeconds: 1,
        onFailure: fail,
      });
      opened.push(bus);
      return bus;
    },
    putForeign: async (consumer, text) => {
      await clients.sqs.send(
        new SendMessageCommand({
          QueueUrl: addresses.queues[consumer].url,
          MessageBody: text,
          MessageGroupId: "x",
          MessageDeduplicationId: "x",
        }),
      );
    },
  });
});
