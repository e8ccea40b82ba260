import { basename } from "node:path";
import { crc32 } from "node:zlib";
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import { expect } from "chai";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { encodeAggregate, WRITER_ID_BYTES } from "#shared/adapters/aws/kinesis/aggregate.ts";
import { hashKeyOf } from "#shared/adapters/aws/kinesis/hash-key.ts";
import type { KinesisLogOptions } from "#shared/adapters/aws/kinesis/kinesis-log-options.ts";
import { openKinesisLogReader } from "#shared/adapters/aws/kinesis/kinesis-log-reader.ts";
import type { UndecodableRecord } from "#shared/adapters/aws/kinesis/log-reader.ts";
import { openSqliteLogMarks } from "#shared/adapters/embedded/sqlite-log-marks.ts";
import type { CommandLog, LogRecord } from "#shared/ports/command-log.ts";
import { eventually } from "#test/support/eventually.ts";
import { bytesOf, numberOf } from "./command-log-contract.ts";
import type { Place } from "./support/adapters.ts";
import { collect } from "./support/collect.ts";
import { KinesisWorld, LOG } from "./support/kinesis-world.ts";

describe("a log's stream", () => {
  const kinesis = new KinesisWorld();
  const opened: { close(): Promise<void> }[] = [];
  let place: Place;

  before(() => kinesis.start());
  after(() => kinesis.stop());
  beforeEach(async () => {
    place = await kinesis.makePlace(2);
  });
  afterEach(async () => {
    for (const log of opened.splice(0)) await log.close();
    await kinesis.removePlace(place);
  });

  const HASH_KEY = hashKeyOf(0, 2);

  const open = async (tuning: Partial<KinesisLogOptions> = {}): Promise<CommandLog> => {
    const log = await kinesis.open(place, { hashKey: HASH_KEY, ...tuning });
    opened.push(log);
    return log;
  };
  const append = async (log: CommandLog, first: number, last: number) => {
    for (let number = first; number <= last; number++) {
      const { ok } = await log.append(bytesOf(number));
      expect(ok).to.equal(true);
    }
  };
  const put = (data: Uint8Array, partitionKey = LOG) =>
    kinesis.client.send(
      new PutRecordCommand({
        StreamName: basename(place),
        PartitionKey: partitionKey,
        ExplicitHashKey: HASH_KEY,
        Data: data,
      }),
    );
  const shards = async () => {
    const { Shards = [] } = await kinesis.client.send(new ListShardsCommand({ StreamName: basename(place) }));
    return Shards;
  };
  /** The open shard that a log's records go to. */
  const shardOf = async (hashKey: string) => {
    const found = (await shards()).find(({ HashKeyRange: range, SequenceNumberRange: numbers }) => {
      const isOpen = numbers?.EndingSequenceNumber === undefined;
      return (
        isOpen &&
        BigInt(range?.StartingHashKey ?? 0) <= BigInt(hashKey) &&
        BigInt(hashKey) <= BigInt(range?.EndingHashKey ?? 0)
      );
    });
    return found?.ShardId ?? "";
  };
  const split = async (hashKey: string) => {
    await kinesis.client.send(
      new SplitShardCommand({
        StreamName: basename(place),
        ShardToSplit: await shardOf(hashKey),
        NewStartingHashKey: hashKey,
      }),
    );
    await kinesis.untilActive(place);
  };
  const merge = async (one: string, other: string) => {
    await kinesis.client.send(
      new MergeShardsCommand({
        StreamName: basename(place),
        ShardToMerge: await shardOf(one),
        AdjacentShardToMerge: await shardOf(other),
      }),
    );
    await kinesis.untilActive(place);
  };

  it("may be split and merged while it is written: readers take parents before children, and miss nothing", async () => {
    const log = await open({ windowRecords: 10 });
    const collector = collect<LogRecord>((take) => log.subscribe(0, take));
    await append(log, 1, 20);
    await split(HASH_KEY);
    await append(log, 21, 40);
    await merge(HASH_KEY, hashKeyOf(1, 2));
    await append(log, 41, 60);
    await collector.until(60);
    expect(numbersOf(collector.heard)).to.deep.equal(range(1, 60));
    expect(numbersOf(await log.read(0, 100)), "from the oldest shard on").to.deep.equal(range(1, 60));
    await log.close();
    const reopened = await open();
    expect(reopened.lastPosition()).to.equal(60);
    expect(numbersOf(await reopened.read(15, 100))).to.deep.equal(range(16, 60));
    expect((await shards()).length, "it was split and merged").to.equal(5);
    const late = await openKinesisLogReader(
      kinesis.options(place, {
        hashKey: HASH_KEY,
        marks: openSqliteLogMarks({ file: `${place}/marks-2.db` }),
      }),
    );
    opened.push(late);
    await eventually(() => late.lastPosition() === 60);
    expect(numbersOf(await late.read(0, 100)), "who begins with the oldest record").to.deep.equal(
      range(1, 60),
    );
  });

  it("is split while many commands are under way: their order stays", async () => {
    const log = await open({ flushBytes: 300, lingerMs: 1 });
    const results = range(1, 300).map((number) => log.append(bytesOf(number)));
    await results[10];
    await split(HASH_KEY);
    expect((await Promise.all(results)).every(({ ok }) => ok)).to.equal(true);
    expect(numbersOf(await log.read(0, 1000))).to.deep.equal(range(1, 300));
  });

  it("may hold other logs after a merge: each reads its own records, and counts only those", async () => {
    const log = await open();
    const other = await open({
      log: "shard-2",
      hashKey: hashKeyOf(1, 2),
      marks: openSqliteLogMarks({ file: `${place}/marks-2.db` }),
    });
    await append(log, 1, 3);
    await append(other, 101, 102);
    await merge(HASH_KEY, hashKeyOf(1, 2));
    await append(log, 4, 6);
    await append(other, 103, 105);
    expect(numbersOf(await log.read(0, 100))).to.deep.equal(range(1, 6));
    expect(numbersOf(await other.read(0, 100))).to.deep.equal(range(101, 105));
    expect([log.lastPosition(), other.lastPosition()]).to.deep.equal([6, 5]);
  });

  it("is counted alike by every reader: two writers, and another Region that only reads", async () => {
    const one = await open();
    const two = await open({ marks: openSqliteLogMarks({ file: `${place}/marks-2.db` }) });
    const results = await Promise.all(
      range(1, 200).map(async (number) => {
        const result = await (number % 2 === 0 ? one : two).append(bytesOf(number));
        return [number, result.ok ? result.position : 0] as const;
      }),
    );
    const reader = await openKinesisLogReader(
      kinesis.options(place, {
        hashKey: HASH_KEY,
        marks: openSqliteLogMarks({ file: `${place}/marks-3.db` }),
      }),
    );
    opened.push(reader);
    await eventually(() => [one, two, reader].every((log) => log.lastPosition() === 200));
    for (const log of [one, two, reader]) {
      const records = await log.read(0, 1000);
      const byNumber = new Map(records.map(({ position, bytes }) => [numberOf(bytes), position]));
      expect([...byNumber].toSorted((a, b) => a[0] - b[0])).to.deep.equal(results);
    }
  });

  it("gives bytes that are no aggregate a position, hands them on as they are, and raises the alarm", async () => {
    const alarms: UndecodableRecord[] = [];
    const log = await open({ onUndecodable: (record) => alarms.push(record) });
    await append(log, 1, 2);
    const garbage = new TextEncoder().encode("not from here");
    const damaged = encodeAggregate({
      writer: new Uint8Array(WRITER_ID_BYTES),
      flush: 1,
      commands: [bytesOf(9)],
    });
    damaged[30] = (damaged[30] ?? 0) ^ 1;
    await put(garbage);
    await put(damaged);
    await append(log, 3, 3);
    const records = await log.read(0, 10);
    expect(records.map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(records.slice(2, 4).map(({ bytes }) => Buffer.from(bytes))).to.deep.equal(
      [garbage, damaged].map((bytes) => Buffer.from(bytes)),
    );
    expect(alarms.map(({ log: name, position, reason }) => [name, position, reason])).to.deep.equal([
      [LOG, 3, "it does not begin as an aggregate"],
      [LOG, 4, "it does not have its checksum"],
    ]);
  });

  it("stops a reader at a record of a version that it does not know: it cannot tell what it counts", async () => {
    const failures: Error[] = [];
    const log = await open({ onFailure: (error) => failures.push(error as Error) });
    await append(log, 1, 1);
    await put(ofVersion(2));
    await eventually(() => failures.length > 0);
    expect(failures.map(({ name, message }) => [name, message])).to.deep.equal([
      ["UnsupportedAggregate", "The log holds a record of version 2; this program knows 1."],
    ]);
    expect(await log.append(bytesOf(2))).to.deep.equal({ ok: false, error: "closed" });
    expect(log.lastPosition()).to.equal(1);
  });

  it("refuses to count on where the marked record is gone, instead of numbering others anew", async () => {
    const log = await open();
    await append(log, 1, 5);
    await log.close();
    // Its mark is now behind them: this server may number the first records of two streams alike.
    await (await open()).close();
    await kinesis.client.send(new DeleteStreamCommand({ StreamName: basename(place) }));
    await kinesis.untilGone(place);
    await kinesis.client.send(new CreateStreamCommand({ StreamName: basename(place), ShardCount: 2 }));
    await kinesis.untilActive(place);
    const failures: Error[] = [];
    const failure = await open({ onFailure: (error) => failures.push(error as Error) }).catch(
      (error: Error) => error,
    );
    expect(failure).to.have.property("name", "OperatingError");
    expect(failures.map(({ name }) => name)).to.deep.equal(["RecordsLost"]);
    expect(failures[0]?.message).to.match(/this Region needs the state of another one/);
  });

  it("gets a record now and then from a log that nobody writes to, so that its newest mark does not grow old", async () => {
    const log = await open({ keepAliveMs: 20 });
    await eventually(async () => (await kinesis.recordsOf(place)).length >= 4);
    expect(log.lastPosition(), "none of them takes a position").to.equal(0);
  });
});

/** A sound aggregate that says it is of another version. */
function ofVersion(version: number): Uint8Array {
  const bytes = encodeAggregate({ writer: new Uint8Array(WRITER_ID_BYTES), flush: 1, commands: [] });
  const [versionAt, end] = [4, bytes.length - 4];
  bytes[versionAt] = version;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(end, crc32(bytes.subarray(0, end)), true);
  return bytes;
}

function numbersOf(records: readonly LogRecord[]): number[] {
  return records.map(({ bytes }) => numberOf(bytes));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
