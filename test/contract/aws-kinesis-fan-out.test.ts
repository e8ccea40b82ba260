import { basename, join } from "node:path";
import { expect } from "chai";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { THROTTLED_BY_KINESIS } from "#local/aws-local/fault.ts";
import { type FaultProxy, startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import { startFanOutKinesis, startKinesis } from "#local/aws-local/start-kinesis.ts";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";
import type { KinesisLogOptions } from "#shared/adapters/aws/kinesis/kinesis-log-options.ts";
import { leasedConsumer } from "#shared/adapters/aws/kinesis/leased-consumer.ts";
import { openSqliteLeaseTable } from "#shared/adapters/embedded/sqlite-lease-table.ts";
import { openSqliteLogMarks } from "#shared/adapters/embedded/sqlite-log-marks.ts";
import { SlotLease } from "#shared/lease/slot-lease.ts";
import type { CommandLog, LogRecord } from "#shared/ports/command-log.ts";
import { eventually } from "#test/support/eventually.ts";
import { bytesOf, numberOf } from "./command-log-contract.ts";
import type { Place } from "./support/adapters.ts";
import { collect } from "./support/collect.ts";
import { KinesisWorld } from "./support/kinesis-world.ts";

/** The server pushes records, or word that there are none, once a second. */
const QUIET_MS = 10_000;

for (const [name, start] of [
  ["with enhanced fan-out", startFanOutKinesis],
  ["where the server lacks fan-out", startKinesis],
] as const) {
  describe(`the command log ${name}`, () => {
    const hasFanOut = start === startFanOutKinesis;
    const kinesis = new KinesisWorld(start);
    const closing: { close(): Promise<unknown> }[] = [];
    let proxy: FaultProxy;
    let place: Place;

    before(() => kinesis.start());
    after(() => kinesis.stop());
    beforeEach(async () => {
      proxy = await startFaultProxy({ target: kinesis.url, clock: kinesis.clock });
      place = await kinesis.makePlace();
    });
    afterEach(async () => {
      await proxy.heal();
      for (const each of closing.splice(0).toReversed()) await each.close();
      await proxy.close();
      await kinesis.removePlace(place);
    });

    /** A task: a log of its own, which hopes for the lease of the one consumer. */
    const task = async (holder: string, tuning: Partial<KinesisLogOptions> = {}) => {
      const client = createKinesisClient({ region: "us-east-1", endpoint: proxy.url });
      closing.push({ close: async () => client.destroy() });
      const table = openSqliteLeaseTable({ file: join(place, "leases.db") });
      closing.push(table);
      const { clock } = kinesis;
      const lease = new SlotLease({
        table,
        slots: ["us-east-1-a"],
        holder,
        clock,
        leaseMs: 3000,
        beatMs: 50,
      });
      lease.start();
      closing.push({ close: () => lease.stop() });
      const access = { client, streamName: basename(place), clock, requestTimeoutMs: 3000 };
      const log = await kinesis.open(place, {
        client,
        consumer: leasedConsumer(access, lease),
        marks: openSqliteLogMarks({ file: join(place, `marks-${holder}.db`) }),
        quietMaxMs: QUIET_MS,
        ...tuning,
      });
      closing.push(log);
      return { log, lease };
    };
    const append = async (log: CommandLog, first: number, last: number) => {
      const results = range(first, last).map((number) => log.append(bytesOf(number)));
      expect((await Promise.all(results)).every(({ ok }) => ok)).to.equal(true);
    };

    it("gives every record once and in order", async () => {
      const { log, lease } = await task("task-1");
      await eventually(() => lease.held !== undefined);
      const collector = collect<LogRecord>((take) => log.subscribe(0, take));
      await append(log, 1, 200);
      await eventually(() => !hasFanOut || proxy.requests("SubscribeToShard") > 0);
      await append(log, 201, 210);
      await collector.until(210);
      expect(numbersOf(collector.heard)).to.deep.equal(range(1, 210));
    });

    if (!hasFanOut) {
      it("asks once and polls from then on", async () => {
        const { log, lease } = await task("task-1");
        await eventually(() => lease.held !== undefined);
        for (let number = 1; number <= 20; number++) await append(log, number, number);
        const asked = proxy.requests("DescribeStreamConsumer") + proxy.requests("SubscribeToShard");
        expect(asked).to.be.lessThan(2);
      });
      return;
    }

    // This server lets go of a subscription about a second after its connection closed; AWS lets a second call take over from the first.
    it("renews the subscription before it ends, and goes on behind the last record", async () => {
      const { log } = await task("task-1", { renewAfterMs: 200, pollForMs: 200 });
      const collector = collect<LogRecord>((take) => log.subscribe(0, take));
      for (let number = 1; proxy.requests("SubscribeToShard") < 6; number++)
        await append(log, number, number);
      await collector.until(log.lastPosition());
      expect(numbersOf(collector.heard)).to.deep.equal(range(1, collector.heard.length));
    });

    it("misses nothing and repeats nothing when the connection breaks in the middle of a subscription", async () => {
      const { log } = await task("task-1", { pollForMs: 500 });
      const collector = collect<LogRecord>((take) => log.subscribe(0, take));
      for (let first = 1; first <= 60; first += 15) {
        const appended = append(log, first, first + 14);
        proxy.cutAll();
        await appended;
      }
      await collector.until(60);
      const heard = numbersOf(collector.heard);
      expect([...new Set(heard)]).to.deep.equal(range(1, 60));
      expect(collector.heard.map(({ position }) => position)).to.deep.equal(range(1, heard.length));
    });

    it("polls while subscriptions fail, and comes back to them", async () => {
      const { log } = await task("task-1", { pollForMs: 300 });
      await eventually(() => proxy.requests("SubscribeToShard") > 0);
      const throttled = proxy.add({
        operation: "SubscribeToShard",
        fault: { kind: "error", answer: THROTTLED_BY_KINESIS },
      });
      proxy.cutAll();
      for (let number = 1; throttled.count < 3; number++) await append(log, number, number);
      await append(log, 1000, 1010);
      throttled.remove();
      const asked = proxy.requests("SubscribeToShard");
      await eventually(() => proxy.requests("SubscribeToShard") > asked);
      await append(log, 1011, 1020);
      expect(numbersOf(await log.read(0, 10_000)).slice(-21)).to.deep.equal(range(1000, 1020));
    });

    it("leaves the consumer to one task: another polls until the first one gives it back", async () => {
      const first = await task("task-1");
      await eventually(() => first.lease.held !== undefined);
      const second = await task("task-2");
      await append(first.log, 1, 5);
      await append(second.log, 6, 10);
      expect([first.lease.held, second.lease.held]).to.deep.equal(["us-east-1-a", undefined]);
      await first.lease.stop();
      await eventually(() => second.lease.held !== undefined);
      const asked = proxy.requests("SubscribeToShard");
      await append(second.log, 11, 15);
      await eventually(() => proxy.requests("SubscribeToShard") > asked);
      await append(second.log, 16, 20);
      await append(first.log, 21, 22);
      await eventually(() => second.log.lastPosition() === 22);
      expect(numbersOf(await second.log.read(0, 100))).to.deep.equal(range(1, 22));
    });
  });
}

function numbersOf(records: readonly LogRecord[]): number[] {
  return records.map(({ bytes }) => numberOf(bytes));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
