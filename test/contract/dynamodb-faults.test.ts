import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import type { Fault, PartialSplit } from "#local/aws-local/fault.ts";
import { type FaultProxy, startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import type { Dynamo, DynamoRetry } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoAcceptor } from "#shared/adapters/aws/dynamodb/dynamo-acceptor.ts";
import { openDynamoCounters } from "#shared/adapters/aws/dynamodb/dynamo-counters.ts";
import { openDynamoIdentityStore } from "#shared/adapters/aws/dynamodb/dynamo-identity-store.ts";
import { openDynamoJournal } from "#shared/adapters/aws/dynamodb/dynamo-journal.ts";
import { openDynamoLogCopies } from "#shared/adapters/aws/dynamodb/dynamo-log-copies.ts";
import { openDynamoProjections } from "#shared/adapters/aws/dynamodb/dynamo-projections.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { AccountId, BranchId, MarketId, RegionId } from "#shared/domain/ids.ts";
import type { ProjectionBatch, Projections } from "#shared/ports/projections.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { ballotOf, SHARD, sampleRecord } from "./acceptor-contract.ts";
import { dynamoAt, makeDynamoPlace } from "./dynamodb-adapters.ts";
import { sampleUser } from "./identity-store-contract.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";
import { failureOf } from "./support/failure-of.ts";
import { sampleOutcomes } from "./support/sample-outcomes.ts";
import { sampleBatch } from "./support/sample-rows.ts";

const REGION = "us-east-1" as RegionId;
const BTCUSDT = "BTCUSDT" as MarketId;
const THROTTLED = { status: 400, code: "ProvisionedThroughputExceededException" };
const INTERNAL = { status: 500, code: "InternalServerError" };

/** What may happen to a write, and leaves its writer not knowing. */
const FAULTS: Record<string, Fault> = {
  "is throttled": { kind: "error", answer: THROTTLED },
  "fails inside DynamoDB before its effect": { kind: "error", answer: INTERNAL },
  "fails inside DynamoDB after its effect": { kind: "error", answer: INTERNAL, afterEffect: true },
  "is not answered after its effect": { kind: "silence", afterEffect: true },
  "is cut off before its effect": { kind: "cut", afterEffect: false },
  "is cut off after its effect": { kind: "cut", afterEffect: true },
  "happens twice": { kind: "duplicate" },
};
const WRITES = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];

/** Of a batch of writes the first goes on, the others are left over. */
const firstWritten: PartialSplit = (body) => {
  const request = JSON.parse(body.toString()) as { RequestItems: Record<string, unknown[]> };
  const [[table, [first, ...others]] = ["", []]] = Object.entries(request.RequestItems);
  return partOf({ ...request, RequestItems: { [table]: [first] } }, () =>
    others.length === 0 ? {} : { UnprocessedItems: { [table]: others } },
  );
};

/** Of items that are asked for the first is given, the others are left over. */
const firstGiven: PartialSplit = (body) => {
  const request = JSON.parse(body.toString()) as { RequestItems: Record<string, { Keys: unknown[] }> };
  const [[table, asked] = ["", { Keys: [] }]] = Object.entries(request.RequestItems);
  const [first, ...others] = asked.Keys;
  return partOf({ ...request, RequestItems: { [table]: { ...asked, Keys: [first] } } }, () =>
    others.length === 0 ? {} : { UnprocessedKeys: { [table]: { ...asked, Keys: others } } },
  );
};

/** The tables hold the rows of the batches, each once. */
async function holdOnce(tables: Projections, batches: readonly ProjectionBatch[]): Promise<void> {
  expect(tables.position(SHARD)).to.equal(batches.length);
  expect(await tables.orders({ account: 1 as AccountId, market: BTCUSDT, limit: 99 })).to.deep.equal(
    batches.flatMap(({ orders }) => orders),
  );
  expect(await tables.trades({ market: BTCUSDT, limit: 99 })).to.deep.equal(
    batches.flatMap(({ trades }) => trades),
  );
}

function partOf(forwarded: object, left: () => object): ReturnType<PartialSplit> {
  return {
    forwarded: Buffer.from(JSON.stringify(forwarded)),
    answer: (given) =>
      Buffer.from(JSON.stringify({ ...(JSON.parse(given.toString()) as object), ...left() })),
  };
}

if (isDynamoDbHere())
  describe("on a DynamoDB that fails", () => {
    let server: RunningServer;
    let proxy: FaultProxy;
    const closers: (() => unknown)[] = [];

    before(async () => {
      server = await startDynamoDb({ clock: systemClock() });
      proxy = await startFaultProxy({ target: server.url, clock: systemClock() });
    });
    after(async () => {
      await proxy.close();
      await server.stop();
    });
    afterEach(async () => {
      await proxy.heal();
      for (const close of closers.splice(0).reverse()) await close();
    });

    /** Tables that are reached through the proxy, and the same without it. */
    async function setUp(options: { readonly patienceMs?: number } = {}) {
      const place = await makeDynamoPlace(server.url);
      const retries: DynamoRetry[] = [];
      const dynamo = dynamoAt(place, {
        endpoint: proxy.url,
        requestTimeoutMs: 150,
        onRetry: (retry) => void retries.push(retry),
        ...options,
      });
      const sound = dynamoAt(place);
      closers.push(() => {
        dynamo.close();
        sound.close();
      });
      return { dynamo, sound, retries };
    }

    /** Each write operation meets the fault the first time, and after that every third time until so many times. */
    function failWrites(fault: Fault, times = 12): void {
      for (const operation of WRITES)
        proxy.add({ operation, times, when: ({ count }) => count % 3 === 1, fault });
    }

    for (const [what, fault] of Object.entries(FAULTS)) {
      it(`the journal has each outcome once where a write ${what}`, async () => {
        const { dynamo, sound } = await setUp();
        failWrites(fault);
        const open = (over: Dynamo) => openDynamoJournal({ dynamo: over, region: REGION, shard: SHARD });
        const journal = await open(dynamo);
        for (let seq = 1; seq <= 40; seq += 8) await journal.append(sampleOutcomes(seq, seq + 7, "a.1"));
        await journal.rewind(36);
        await journal.append(sampleOutcomes(37, 44, "b.1"));
        await proxy.heal();
        const again = await open(sound);
        expect(await again.read(0, 100)).to.deep.equal([
          ...sampleOutcomes(1, 36, "a.1"),
          ...sampleOutcomes(37, 44, "b.1"),
        ]);
        expect(await again.readSuperseded("a.1" as BranchId, 0, 100)).to.deep.equal(
          sampleOutcomes(37, 40, "a.1"),
        );
      });

      it(`the tables have each row once where a write ${what}`, async () => {
        const { dynamo, sound } = await setUp();
        failWrites(fault);
        const tables = await openDynamoProjections({ dynamo, shards: [SHARD] });
        const batches = [1, 2, 3].map((seq) => sampleBatch(seq, 4));
        for (const batch of batches) await tables.commit(batch);
        expect(await tables.rewind(SHARD, [])).to.equal(0);
        for (const batch of batches) await tables.commit(batch);
        await proxy.heal();
        const again = await openDynamoProjections({ dynamo: sound, shards: [SHARD] });
        await holdOnce(again, batches);
        expect(await again.trades({ market: BTCUSDT, state: "superseded", limit: 99 })).to.deep.equal([]);
      });

      it(`the acceptor answers what it did where a write ${what}`, async () => {
        const { dynamo, sound } = await setUp();
        failWrites(fault, 4);
        const acceptor = openDynamoAcceptor({ dynamo, patienceMs: 20_000 });
        for (const counter of [1, 2, 3]) {
          expect((await acceptor.prepare(SHARD, ballotOf(counter))).ok).to.equal(true);
          expect(await acceptor.accept(SHARD, ballotOf(counter), sampleRecord(counter))).to.deep.equal({
            ok: true,
          });
        }
        const accepted = { ballot: ballotOf(3), value: sampleRecord(3) };
        expect(await openDynamoAcceptor({ dynamo: sound }).read(SHARD)).to.deep.equal({
          promised: ballotOf(3),
          accepted,
        });
      });
    }

    it("the tables have each row once where DynamoDB writes a part of a batch, and gives a part of what is asked for", async () => {
      const { dynamo, sound } = await setUp();
      const left = [
        proxy.add({ operation: "BatchWriteItem", times: 6, fault: { kind: "partial", split: firstWritten } }),
        proxy.add({ operation: "BatchGetItem", times: 6, fault: { kind: "partial", split: firstGiven } }),
      ];
      const rows = [1, 2, 3, 4, 5].map((n) => ({ pk: `part-${n}`, n }));
      await dynamo.putAll("memory", rows);
      const given = await dynamo.getAll(
        "memory",
        rows.map(({ pk }) => ({ pk })),
      );
      expect(given.toSorted((one, other) => Number(one.n) - Number(other.n))).to.deep.equal(rows);
      const tables = await openDynamoProjections({ dynamo, shards: [SHARD] });
      const batches = [1, 2, 3].map((seq) => sampleBatch(seq, 4));
      for (const batch of batches) await tables.commit(batch);
      for (const { count } of left) expect(count, "the fault came").to.be.greaterThan(0);
      await proxy.heal();
      const again = await openDynamoProjections({ dynamo: sound, shards: [SHARD] });
      await holdOnce(again, batches);
    });

    it("an acceptor's write that arrives late, after others wrote, does nothing", async () => {
      const { dynamo, sound } = await setUp();
      proxy.add({ operation: "PutItem", times: 1, fault: { kind: "late", behind: 2 } });
      const acceptor = openDynamoAcceptor({ dynamo, patienceMs: 20_000 });
      // The first try is held back; it arrives behind the second, and behind what another proposer wrote.
      expect((await acceptor.prepare(SHARD, ballotOf(1))).ok).to.equal(true);
      const other = openDynamoAcceptor({ dynamo, patienceMs: 20_000 });
      expect(await other.accept(SHARD, ballotOf(2, "eu-west-1"), sampleRecord(2))).to.deep.equal({
        ok: true,
      });
      await proxy.heal();
      expect(await openDynamoAcceptor({ dynamo: sound }).read(SHARD)).to.deep.equal({
        promised: ballotOf(2, "eu-west-1"),
        accepted: { ballot: ballotOf(2, "eu-west-1"), value: sampleRecord(2) },
      });
    });

    it("an acceptor that many proposers ask at once never breaks a promise", async () => {
      const { sound } = await setUp();
      const ballots = Array.from({ length: 24 }, (_, at) => ballotOf(1 + at));
      const acceptors = ballots.map(() => openDynamoAcceptor({ dynamo: sound, patienceMs: 20_000 }));
      const answers = await Promise.all(
        ballots.map(async (ballot, at) => {
          const promise = await acceptors[at]?.prepare(SHARD, ballot);
          return promise?.ok === true
            ? acceptors[at]?.accept(SHARD, ballot, sampleRecord(ballot.counter))
            : promise;
        }),
      );
      const { promised, accepted } = await openDynamoAcceptor({ dynamo: sound }).read(SHARD);
      expect(promised).to.deep.equal(ballotOf(24));
      const highest = ballots.filter((_, at) => answers[at]?.ok === true).at(-1);
      expect(accepted?.ballot, "what was answered as accepted last").to.deep.equal(highest);
    });

    it("an acceptor whose table does not answer is silent in time, with a typed failure", async () => {
      const { dynamo } = await setUp();
      proxy.setUnreachable(true);
      const failure = await failureOf(openDynamoAcceptor({ dynamo, patienceMs: 300 }).read(SHARD));
      expect(failure).to.include({ name: "DynamoError", failure: "unreachable" });
      const written = await failureOf(
        openDynamoAcceptor({ dynamo, patienceMs: 300 }).prepare(SHARD, ballotOf(1)),
      );
      expect(written).to.have.property("name", "DynamoError");
    });

    it("a journal that is throttled for a while lags, tells of it, and loses nothing", async () => {
      const { dynamo, sound, retries } = await setUp();
      const throttle = proxy.add({
        operation: "PutItem",
        fault: { kind: "error", answer: THROTTLED },
      });
      const journal = await openDynamoJournal({ dynamo, region: REGION, shard: SHARD });
      let isDone = false;
      const append = journal.append(sampleOutcomes(1, 20)).then(() => {
        isDone = true;
      });
      await eventually(() => retries.length >= 3);
      expect([isDone, journal.lastSeq()]).to.deep.equal([false, 0]);
      expect(new Set(retries.map(({ table }) => table))).to.deep.equal(new Set(["journal"]));
      throttle.remove();
      await append;
      const again = await openDynamoJournal({ dynamo: sound, region: REGION, shard: SHARD });
      expect(await again.read(0, 100)).to.deep.equal(sampleOutcomes(1, 20));
    });

    it("a subscriber falls behind while the table cannot be reached, and hears each outcome once", async () => {
      const { dynamo } = await setUp({ patienceMs: 100 });
      const journal = await openDynamoJournal({ dynamo, region: REGION, shard: SHARD });
      await journal.append(sampleOutcomes(1, 20));
      const heard: number[] = [];
      const reads = proxy.add({ operation: "Query", fault: { kind: "cut", afterEffect: false } });
      const subscription = journal.subscribe(
        0,
        (outcomes) => void heard.push(...outcomes.map(({ seq }) => seq)),
      );
      await eventually(() => reads.count >= 4);
      expect(heard).to.deep.equal([]);
      reads.remove();
      await eventually(() => heard.length === 20);
      subscription.cancel();
      expect(heard).to.deep.equal(Array.from({ length: 20 }, (_, at) => at + 1));
    });

    it("counters never give a number twice where reservations fail, and two tasks have one name", async () => {
      const { dynamo } = await setUp();
      failWrites({ kind: "error", answer: INTERNAL, afterEffect: true });
      const taken = new Set<number>();
      for (let round = 0; round < 3; round++) {
        const both = await Promise.all(
          [1, 2].map((task) =>
            openDynamoCounters({
              dynamo,
              node: "us-east-1.1",
              random: seededRandom(SEED + 10 * round + task),
            }),
          ),
        );
        for (const counters of both) {
          const first = counters.take("order", 500);
          for (let number = first; number < first + 500; number++) {
            expect(taken.has(number), `${number} was taken before`).to.equal(false);
            taken.add(number);
          }
        }
      }
    });

    it("a name is taken by one of many who sign up at once, also where the answer is lost", async () => {
      const { dynamo, sound } = await setUp();
      proxy.add({ operation: "TransactWriteItems", times: 2, fault: { kind: "cut", afterEffect: true } });
      const sealer = createLocalSealer(new Uint8Array(32), seededRandom(SEED));
      const store = openDynamoIdentityStore({ dynamo, sealer });
      const accounts = [1, 2, 3, 4, 5];
      const added = await Promise.all(accounts.map((account) => store.addUser(sampleUser(account, "ada"))));
      expect(added.filter((isAdded) => isAdded)).to.have.length(1);
      const there = await openDynamoIdentityStore({ dynamo: sound, sealer }).userByName("ada");
      expect(there?.account).to.equal(accounts[added.indexOf(true)]);
    });

    it("copies of a log hold each record once where two tasks copy it, and writes fail", async () => {
      const { dynamo, sound } = await setUp();
      failWrites({ kind: "cut", afterEffect: true });
      const record = (position: number) => ({ position, bytes: Uint8Array.of(position) });
      const options = { shards: [SHARD], origins: [REGION] };
      const [one, other] = [
        await openDynamoLogCopies({ dynamo, ...options }),
        await openDynamoLogCopies({ dynamo, ...options }),
      ];
      await one.append(SHARD, REGION, [1, 2, 3, 5].map(record));
      await other.append(SHARD, REGION, [1, 2].map(record));
      await other.append(SHARD, REGION, [3, 5, 6, 9].map(record));
      await one.append(SHARD, REGION, [6, 9, 10].map(record));
      await proxy.heal();
      const again = await openDynamoLogCopies({ dynamo: sound, ...options });
      expect(again.lastPosition(SHARD, REGION)).to.equal(10);
      const positions = (await again.read(SHARD, REGION, 0, 99)).map(({ position }) => position);
      expect(positions).to.deep.equal([1, 2, 3, 5, 6, 9, 10]);
      expect((await again.read(SHARD, REGION, 5, 2)).map(({ position }) => position)).to.deep.equal([6, 9]);
    });
  });
