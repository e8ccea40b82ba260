import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { expect } from "chai";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import {
  type Fault,
  type FaultRule,
  INTERNAL_FAILURE,
  THROTTLED_BY_KINESIS,
} from "#local/aws-local/fault.ts";
import { type FaultProxy, startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";
import type { KinesisLogOptions } from "#shared/adapters/aws/kinesis/kinesis-log-options.ts";
import { decodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import type { AppendResult, CommandLog, LogRecord } from "#shared/ports/command-log.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { depositRecord } from "#test/support/zone-stage.ts";
import type { Place } from "./support/adapters.ts";
import { collect } from "./support/collect.ts";
import { KinesisWorld } from "./support/kinesis-world.ts";

const BRANCH = "us-east-1.1" as BranchId;
/** Commands of some hundred bytes: about eight a record. */
const SMALL_FLUSHES = { flushBytes: 600, lingerMs: 1, requestTimeoutMs: 300, giveUpAfterMs: 15_000 };
const COMMANDS = 300;

const every = (n: number) => (request: { readonly count: number }) => request.count % n === 0;

const PUT_FAULTS: Record<string, Fault> = {
  "throttles a put": { kind: "error", answer: THROTTLED_BY_KINESIS },
  "fails with a 5xx before it has put": { kind: "error", answer: INTERNAL_FAILURE },
  "fails with a 5xx after it has put": { kind: "error", answer: INTERNAL_FAILURE, afterEffect: true },
  "does not answer and has put": { kind: "silence", afterEffect: true },
  "does not answer and has not put": { kind: "silence", afterEffect: false },
  "breaks the connection after it has put": { kind: "cut", afterEffect: true },
  "breaks the connection before it has put": { kind: "cut", afterEffect: false },
  "gets a put twice": { kind: "duplicate" },
  "gets a put long after it was given up for another try": { kind: "late", behind: 2 },
};

const READ_FAULTS: Record<string, Fault> = {
  "throttles reads": { kind: "error", answer: THROTTLED_BY_KINESIS },
  "fails reads with a 5xx": { kind: "error", answer: INTERNAL_FAILURE },
  "lets iterators expire": { kind: "error", answer: { status: 400, code: "ExpiredIteratorException" } },
  "breaks the connection of reads": { kind: "cut", afterEffect: true },
  "does not answer reads": { kind: "silence", afterEffect: true },
};

describe("the command log on a Kinesis that fails", () => {
  const kinesis = new KinesisWorld();
  const opened: CommandLog[] = [];
  let proxy: FaultProxy;
  let client: KinesisClient;
  let place: Place;

  before(() => kinesis.start());
  after(() => kinesis.stop());
  beforeEach(async () => {
    proxy = await startFaultProxy({ target: kinesis.url, clock: kinesis.clock });
    client = createKinesisClient({ region: "us-east-1", endpoint: proxy.url });
    place = await kinesis.makePlace();
  });
  afterEach(async () => {
    await proxy.heal();
    for (const log of opened.splice(0)) await log.close();
    client.destroy();
    await proxy.close();
    await kinesis.removePlace(place);
  });

  const open = async (tuning: Partial<KinesisLogOptions> = {}) => {
    const log = await kinesis.open(place, { client, ...SMALL_FLUSHES, ...tuning });
    opened.push(log);
    return log;
  };

  /** Appends all at once, in order, under faults; then everything must be there, in order, and fold to each once. */
  const expectWholeUnder = async (rules: readonly FaultRule[]) => {
    const log = await open();
    const inForce = rules.map((rule) => proxy.add(rule));
    const results = await Promise.all(
      range(1, COMMANDS).map((number) => log.append(depositRecord(BRANCH, number))),
    );
    const came = inForce.reduce((sum, { count }) => sum + count, 0);
    expect(came, "the fault came").to.be.greaterThan(0);
    await proxy.heal();
    expect(results.filter(({ ok }) => !ok)).to.deep.equal([]);
    const records = await expectOnceEach(log, results);
    expect(firstOfEach(records), "in the order in which they came").to.deep.equal(range(1, COMMANDS));
  };

  for (const [what, fault] of Object.entries(PUT_FAULTS)) {
    it(`loses nothing, doubles nothing and keeps the order when the stream ${what}`, async () => {
      await expectWholeUnder([{ operation: "PutRecord", when: every(4), fault }]);
    });
  }

  for (const [what, fault] of Object.entries(READ_FAULTS)) {
    it(`loses nothing, doubles nothing and keeps the order when the stream ${what}`, async () => {
      await expectWholeUnder([{ operation: "GetRecords", when: every(3), times: 6, fault }]);
    });
  }

  it(`loses nothing, doubles nothing and keeps the order when everything of this happens at random (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const oneIn = (n: number) => () => random.below(n) === 0;
    await expectWholeUnder([
      ...Object.values(PUT_FAULTS).map((fault) => ({ operation: "PutRecord", when: oneIn(12), fault })),
      ...Object.values(READ_FAULTS).map((fault) => ({ operation: "GetRecords", when: oneIn(30), fault })),
    ]);
  });

  it("learns from its own reader what became of a put whose answer never came", async () => {
    const log = await open({ requestTimeoutMs: 60_000, giveUpAfterMs: 120_000 });
    proxy.add({ operation: "PutRecord", times: 1, fault: { kind: "silence", afterEffect: true } });
    const result = await log.append(depositRecord(BRANCH, 1));
    expect(result).to.deep.equal({ ok: true, position: 1 });
    expect(await log.append(depositRecord(BRANCH, 2))).to.deep.equal({ ok: true, position: 2 });
  });

  it("holds no more than its bound while the stream cannot be reached, refuses the rest as overloaded, and goes on when it can", async () => {
    const log = await open({ maxWaiting: 50, giveUpAfterMs: 700, flushBytes: 600 });
    proxy.setUnreachable(true);
    const results = await Promise.all(
      range(1, 200).map((number) => log.append(depositRecord(BRANCH, number))),
    );
    expect(results.filter(({ ok }) => ok)).to.deep.equal([]);
    const taken = results.filter((result) => !result.ok && result.error === "unknown");
    expect(taken.length, "at most what the bound allows may have been sent").to.be.lessThan(51);
    await proxy.heal();
    const retried = await untilAppended(log, range(1, 200));
    await expectOnceEach(log, retried);
  });

  it("answers unknown for what it gave up, refuses what waited behind it, and lets nothing overtake", async () => {
    const log = await open({ giveUpAfterMs: 400, requestTimeoutMs: 100 });
    const fault = { kind: "error", answer: INTERNAL_FAILURE } as const;
    const inForce = proxy.add({ operation: "PutRecord", fault });
    const results = await Promise.all(
      range(1, 40).map((number) => log.append(depositRecord(BRANCH, number))),
    );
    inForce.remove();
    const errors = results.map((result) => (result.ok ? "ok" : result.error));
    const unknown = errors.filter((error) => error === "unknown").length;
    expect(unknown).to.be.greaterThan(0);
    expect(errors).to.deep.equal([
      ...Array.from({ length: unknown }, () => "unknown"),
      ...Array.from({ length: 40 - unknown }, () => "overloaded"),
    ]);
    expect(await log.read(0, 100)).to.deep.equal([]);
  });

  it("says overloaded, not unknown, when the stream only ever refused", async () => {
    const log = await open({ giveUpAfterMs: 300 });
    const inForce = proxy.add({
      operation: "PutRecord",
      fault: { kind: "error", answer: THROTTLED_BY_KINESIS },
    });
    expect(await log.append(depositRecord(BRANCH, 1))).to.deep.equal({ ok: false, error: "overloaded" });
    inForce.remove();
    expect(await log.append(depositRecord(BRANCH, 1))).to.deep.equal({ ok: true, position: 1 });
  });

  it("gives subscribers every record once, in order, while reads fail and they fall out of the window", async () => {
    const log = await open({ windowRecords: 20 });
    const collector = collect<LogRecord>((take) => log.subscribe(0, take));
    proxy.add({
      operation: "GetRecords",
      when: every(4),
      fault: { kind: "error", answer: INTERNAL_FAILURE },
    });
    proxy.add({ operation: "GetShardIterator", when: every(3), fault: { kind: "cut", afterEffect: true } });
    await Promise.all(range(1, COMMANDS).map((number) => log.append(depositRecord(BRANCH, number))));
    await collector.until(COMMANDS);
    await proxy.heal();
    expect(collector.heard.map(({ position }) => position)).to.deep.equal(range(1, collector.heard.length));
    expect(firstOfEach(collector.heard)).to.deep.equal(range(1, COMMANDS));
  });

  it("opens when the stream comes back after it has failed", async () => {
    proxy.setUnreachable(true);
    const opening = open({ giveUpAfterMs: 15_000 });
    await eventually(() => proxy.refused > 2);
    proxy.setUnreachable(false);
    expect((await opening).lastPosition()).to.equal(0);
  });

  it("does not open when the stream stays away: an operating error says so", async () => {
    proxy.setUnreachable(true);
    const failure = await open({ giveUpAfterMs: 100 }).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure?.name).to.equal("OperatingError");
    expect(failure?.message).to.match(/the log shard-1 does not open/);
  });
});

/** Sends each command until it is appended, as clients do: again under its own id. */
async function untilAppended(log: CommandLog, numbers: readonly number[]): Promise<AppendResult[]> {
  return Promise.all(
    numbers.map(async (number) => {
      for (;;) {
        const result = await log.append(depositRecord(BRANCH, number));
        if (result.ok) return result;
        await new Promise(setImmediate);
      }
    }),
  );
}

/** The log holds each command at the position that was acknowledged, and the real engine takes each once. */
async function expectOnceEach(
  log: CommandLog,
  results: readonly AppendResult[],
): Promise<readonly LogRecord[]> {
  const records = await log.read(0, 100_000);
  expect(firstOfEach(records).toSorted((a, b) => a - b)).to.deep.equal(range(1, results.length));
  for (const [at, result] of results.entries()) {
    if (!result.ok) throw new Error(result.error);
    const record = records.find(({ position }) => position === result.position);
    expect(record === undefined ? undefined : numberOf(record)).to.equal(at + 1);
  }
  const engine = createEngine("shard-1" as ShardId, BRANCH);
  let deposited = 0;
  for (const { bytes } of records)
    for (const event of engine.apply(decodeCommand(bytes)))
      if (event.kind === "Deposited") deposited += event.amount;
  const expected = range(2, results.length).reduce((sum, number) => sum + number, 0);
  expect(deposited, "every deposit took effect once").to.equal(expected);
  return records;
}

/** The numbers of the commands in the order in which they come for the first time. */
function firstOfEach(records: readonly LogRecord[]): number[] {
  return [...new Set(records.map(numberOf))];
}

function numberOf({ bytes }: LogRecord): number {
  return Number.parseInt(decodeCommand(bytes).commandId, 16);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
