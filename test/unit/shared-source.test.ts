import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { describe, it } from "mocha";
import type { ShardBatch, ShardSource, ShardStart } from "#shared/adapters/aws/kinesis/shard-source.ts";
import { sharedSource } from "#shared/adapters/aws/kinesis/shared-source.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const AT_ONCE = 10;
const SHARD = "shardId-000000000000";

describe("one reading of a stream's shard for several logs", () => {
  it("gives every reader every record once, in order, and asks the stream once for all", async () => {
    const stream = scripted();
    const source = sharedSource(stream.source);
    const readers = [1, 2, 3].map(() => follow(source, { kind: "horizon" }));
    stream.put(25);
    await eventually(() => readers.every(({ got }) => got.length === 25));
    stream.put(5);
    await eventually(() => readers.every(({ got }) => got.length === 30));
    for (const { got } of readers) expect(got).to.deep.equal(upTo(30));
    expect(stream.reads, "readings of the shard").to.equal(1);
    for (const reader of readers) await reader.stop();
    await eventually(() => stream.open === 0);
  });

  it("tells each reader when it has come to the end of what there is", async () => {
    const stream = scripted();
    stream.put(12);
    const source = sharedSource(stream.source);
    const [first, second] = [follow(source, { kind: "horizon" }), follow(source, { kind: "horizon" })];
    await eventually(() => first.isAtTip() && second.isAtTip());
    expect([first.got.length, second.got.length]).to.deep.equal([12, 12]);
    await Promise.all([first.stop(), second.stop()]);
  });

  it("lets who is behind what is kept read alone, until it has come there", async () => {
    const stream = scripted();
    const source = sharedSource(stream.source, AT_ONCE);
    const first = follow(source, { kind: "horizon" });
    stream.put(100);
    await eventually(() => first.got.length === 100);
    const late = follow(source, { kind: "after", sequenceNumber: "20" });
    await eventually(() => late.got.length === 80);
    expect(late.got).to.deep.equal(upTo(100).slice(20));
    await eventually(() => stream.open === 1);
    stream.put(3);
    await eventually(() => first.got.length === 103 && late.got.length === 83);
    expect(stream.open, "both by one reading").to.equal(1);
    await Promise.all([first.stop(), late.stop()]);
  });

  it("throws the trouble of the one reading at each reader, and begins anew for who comes again", async () => {
    const stream = scripted();
    const source = sharedSource(stream.source);
    const readers = [follow(source, { kind: "horizon" }), follow(source, { kind: "horizon" })];
    stream.put(7);
    await eventually(() => readers.every(({ got }) => got.length === 7));
    stream.fail(new Error("the connection was cut"));
    for (const reader of readers) expect((await reader.failed)?.message).to.equal("the connection was cut");
    stream.put(2);
    const again = readers.map(({ place }) => follow(source, place()));
    await eventually(() => again.every(({ got }) => got.length === 2));
    expect(again.map(({ got }) => got)).to.deep.equal([
      [8, 9],
      [8, 9],
    ]);
    await Promise.all(again.map((reader) => reader.stop()));
  });

  it("ends for each reader when the shard has ended and all of it was given", async () => {
    const stream = scripted();
    const source = sharedSource(stream.source);
    const readers = [follow(source, { kind: "horizon" }), follow(source, { kind: "horizon" })];
    stream.put(4);
    stream.end();
    for (const reader of readers) {
      expect(await reader.failed).to.equal(undefined);
      expect(reader.got).to.deep.equal(upTo(4));
    }
  });

  it("loses and doubles nothing whoever comes, goes, is slow or is cut off, whatever the order", async () => {
    const random = seededRandom(SEED);
    const draw = (below: number) => Buffer.from(random.bytes(4)).readUInt32BE() % below;
    for (let round = 0; round < 30; round++) {
      const stream = scripted();
      const source = sharedSource(stream.source, 1 + draw(30));
      const readers: Reader[] = [];
      let total = 0;
      for (let step = 0; step < 60; step++) {
        const what = draw(10);
        if (what < 4) {
          const count = draw(40);
          stream.put(count);
          total += count;
        } else if (what < 6) {
          const after = draw(total + 1);
          readers.push(follow(source, { kind: "after", sequenceNumber: String(after) }, draw(3)));
        } else if (what === 6) stream.fail(new Error("cut"));
        else if (what === 7) await readers.splice(draw(readers.length + 1), 1)[0]?.stop();
        else for (let turn = 0; turn < draw(6); turn++) await nextTurn();
      }
      await eventually(() => readers.every((reader) => reader.last() === total));
      for (const { got, from } of readers) expect(got).to.deep.equal(upTo(total).slice(from));
      await Promise.all(readers.map((reader) => reader.stop()));
      await eventually(() => stream.open === 0);
    }
  });
});

type Reader = ReturnType<typeof follow>;

/** Follows a shard as a log's reader does: what is thrown is tried again behind the last record, where `again` says so. */
function follow(source: ShardSource, start: ShardStart, slowTurns?: number) {
  const controller = new AbortController();
  const got: number[] = [];
  const from = start.kind === "horizon" ? 0 : Number(start.sequenceNumber);
  let place = start;
  let isAtTip = false;
  const once = async () => {
    for await (const batch of source.read(SHARD, place, controller.signal)) {
      got.push(...batch.records.map(({ sequenceNumber }) => Number(sequenceNumber)));
      const last = batch.records.at(-1);
      if (last !== undefined) place = { kind: "after", sequenceNumber: last.sequenceNumber };
      isAtTip = batch.isAtTip;
      for (let turn = 0; turn < (slowTurns ?? 0); turn++) await nextTurn();
    }
  };
  const run = async (): Promise<Error | undefined> => {
    for (;;) {
      try {
        await once();
        return undefined;
      } catch (error) {
        if (slowTurns === undefined) return error as Error;
        await nextTurn();
      }
    }
  };
  const failed = run();
  return {
    got,
    from,
    failed,
    place: () => place,
    last: () => got.at(-1) ?? from,
    isAtTip: () => isAtTip,
    stop: async () => {
      controller.abort();
      await failed;
    },
  };
}

/** A shard whose records are numbered from 1, read a few at a time. */
function scripted() {
  let last = 0;
  let hasEnded = false;
  const readings = new Set<{ error?: Error }>();
  const stream = {
    reads: 0,
    /** Readings that go on. */
    get open() {
      return readings.size;
    },
    put: (count: number) => {
      last += count;
    },
    fail: (error: Error) => {
      for (const reading of readings) reading.error = error;
    },
    end: () => {
      hasEnded = true;
    },
    source: { read } satisfies ShardSource,
  };
  async function* read(
    _shard: string,
    start: ShardStart,
    signal: AbortSignal,
  ): AsyncGenerator<ShardBatch, void, undefined> {
    stream.reads++;
    let position =
      start.kind === "horizon" ? 0 : Number(start.sequenceNumber) - (start.kind === "at" ? 1 : 0);
    const reading: { error?: Error } = {};
    readings.add(reading);
    try {
      while (!signal.aborted) {
        await nextTurn();
        if (reading.error !== undefined) throw reading.error;
        const to = Math.min(last, position + AT_ONCE);
        const records = upTo(to)
          .slice(position)
          .map((number) => ({ sequenceNumber: String(number), partitionKey: "", data: new Uint8Array(1) }));
        if (hasEnded && records.length === 0) return;
        position = Math.max(position, to);
        yield { records, isAtTip: records.length === 0 };
      }
    } finally {
      readings.delete(reading);
    }
  }
  return stream;
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}
