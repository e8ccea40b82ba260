import { expect } from "chai";
import { describe, it } from "mocha";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { AccountId, MarketId, RegionId } from "#shared/domain/ids.ts";
import type { CommandLog, LogRecord } from "#shared/ports/command-log.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { ballotOf, SHARD, sampleRecord } from "./acceptor-contract.ts";
import { numberOf } from "./command-log-contract.ts";
import { sampleSnapshot } from "./snapshot-store-contract.ts";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";
import { runUntilKilled } from "./support/run-until-killed.ts";
import { sampleOutcomes } from "./support/sample-outcomes.ts";
import { sampleBatch } from "./support/sample-rows.ts";
import type { WriterName } from "./support/writers.ts";

/** How often a writer is killed, and after how many acknowledgements. */
export interface CrashOptions {
  readonly kills: number;
  readonly acknowledgementsMin: number;
  readonly acknowledgementsMax: number;
}

const DEFAULT_CRASHES: CrashOptions = { kills: 3, acknowledgementsMin: 1, acknowledgementsMax: 300 };

/** What every durable port promises of what it acknowledged: it is there after the writing process was killed in the middle of its work. */
export function crashContract(
  world: Pick<Adapters, "world" | "module" | "makePlace" | "removePlace"> & Partial<Adapters>,
  { kills, acknowledgementsMin, acknowledgementsMax }: CrashOptions = DEFAULT_CRASHES,
): void {
  /** Tests of ports that the world does not have are not made. */
  const adapters = world as Adapters;
  const its = (port: WriterName, what: string, test: () => Promise<void>) => {
    if (world[port] !== undefined) it(what, test);
  };

  describe(`after a writer was killed by SIGKILL (${adapters.world})`, function () {
    this.timeout(60_000);
    const random = seededRandom(SEED);
    const places = storesOf(adapters, async () => ({ close: () => {} }));

    /** Kills writers of one place several times; all that they were told is done, last run last. */
    async function killed(port: WriterName): Promise<{ place: string; runs: string[][] }> {
      const place = await places.place();
      const runs: string[][] = [];
      const spread = acknowledgementsMax - acknowledgementsMin + 1;
      for (let kill = 0; kill < kills; kill++)
        runs.push(await runUntilKilled(adapters, port, place, acknowledgementsMin + random.below(spread)));
      return { place, runs };
    }

    its(
      "commandLog",
      "the command log has every acknowledged command at its position, each once, in order",
      async () => {
        const { place, runs } = await killed("commandLog");
        const log = await adapters.commandLog.open(place);
        const records = await wholeOf(log);
        const there = new Map(records.map(({ bytes, position }) => [position, numberOf(bytes)]));
        for (const line of runs.flat()) {
          const [number = 0, position = 0] = line.split(" ").map(Number);
          expect(there.get(position), `the command acknowledged at ${position}`).to.equal(number);
        }
        expect(new Set(there.values()).size, "none is there twice").to.equal(records.length);
        const positions = records.map(({ position }) => position);
        expect(positions).to.deep.equal(positions.toSorted((a, b) => a - b));
        expect(log.lastPosition()).to.equal(positions.at(-1));
        await log.close();
      },
    );

    its(
      "logCopies",
      "the copies of a log have every acknowledged record at its position, and the fence",
      async () => {
        const { place, runs } = await killed("logCopies");
        const copies = await adapters.logCopies.open(place);
        const { shard } = sampleSnapshot(1);
        const origin = "us-east-1" as RegionId;
        const [last = 0, epoch = 0] = (runs.at(-1)?.at(-1) ?? "").split(" ").map(Number);
        const records = await copies.read(shard, origin, 0, 1_000_000);
        expect(copies.lastPosition(shard, origin)).to.be.at.least(last).and.to.equal(records.length);
        for (const [at, { position, bytes }] of records.entries())
          expect([position, numberOf(bytes)]).to.deep.equal([at + 1, at + 1]);
        expect(copies.fencedEpoch(shard)).to.be.at.least(epoch);
        await copies.close();
      },
    );

    its("journal", "the journal has every acknowledged outcome, dense from the first on", async () => {
      const { place, runs } = await killed("journal");
      const journal = await adapters.journal.open(place);
      expect(journal.lastSeq()).to.be.at.least(Number(runs.at(-1)?.at(-1)));
      expect(await journal.read(0, 1_000_000)).to.deep.equal(sampleOutcomes(1, journal.lastSeq()));
      await journal.close();
    });

    its(
      "snapshots",
      "the snapshot store has the newest acknowledged snapshot, and three whole ones",
      async () => {
        const { place, runs } = await killed("snapshots");
        const store = await adapters.snapshots.open(place);
        const listed = await store.list(sampleSnapshot(1).shard);
        expect(listed).to.have.length(3);
        expect(listed[0]?.seq).to.be.at.least(Number(runs.at(-1)?.at(-1)));
        for (const { seq, bytes, digest } of listed) {
          expect(digestOf(bytes)).to.equal(digest);
          expect(digest).to.equal(sampleSnapshot(seq).digest);
        }
        await store.close();
      },
    );

    its(
      "projections",
      "the tables have all of every acknowledged batch, nothing of a later one, and stand at that seq",
      async () => {
        const { place, runs } = await killed("projections");
        const tables = await adapters.projections.open(place);
        const market = "BTCUSDT" as MarketId;
        const position = tables.position(sampleBatch(1, 1).shard);
        expect(position).to.be.at.least(Number(runs.at(-1)?.at(-1)));
        const batches = Array.from({ length: position }, (_, at) => sampleBatch(at + 1, 1 + ((at + 1) % 5)));
        const limit = 1_000_000;
        expect(await tables.orders({ account: 1 as AccountId, market, limit })).to.deep.equal(
          batches.flatMap(({ orders }) => orders),
        );
        expect(await tables.trades({ market, limit })).to.deep.equal(batches.flatMap(({ trades }) => trades));
        expect(await tables.candles({ market, limit })).to.deep.equal(
          batches.flatMap(({ candles }) => candles),
        );
        await tables.close();
      },
    );

    its("counters", "the counters give only numbers beyond those that were taken", async () => {
      const { place, runs } = await killed("counters");
      for (const [at, lines] of runs.entries()) {
        const before = Number(runs[at - 1]?.at(-1) ?? 0);
        expect(Number(lines[0]) - 99, `run ${at} begins beyond the one before`).to.be.greaterThan(before);
      }
      const counters = await adapters.counters.open(place);
      expect(counters.take("a", 1)).to.be.greaterThan(Number(runs.at(-1)?.at(-1)));
      await counters.close();
    });

    its(
      "acceptor",
      "the acceptor remembers the last promise and the last value that it answered",
      async () => {
        const { place, runs } = await killed("acceptor");
        const acceptor = await adapters.acceptor.open(place);
        const { promised, accepted } = await acceptor.read(SHARD);
        const lines = runs.flat().map((line) => line.split(" "));
        const last = (what: string) => Number(lines.findLast(([, done]) => done === what)?.[0] ?? 0);
        expect(promised?.counter).to.be.at.least(last("prepared"));
        expect(accepted?.ballot.counter ?? 0).to.be.at.least(last("accepted"));
        if (accepted !== undefined)
          expect(accepted.value).to.deep.equal(sampleRecord(accepted.ballot.counter));
        const lower = ballotOf(last("prepared") - 1);
        expect((await acceptor.prepare(SHARD, lower)).ok, "a lower ballot").to.equal(false);
        await acceptor.close();
      },
    );

    its("identity", "the identity store has every acknowledged user", async () => {
      const { place, runs } = await killed("identity");
      const store = await adapters.identity.open(place);
      for (const line of runs.flat()) {
        const account = Number(line);
        expect((await store.userByName(`user-${account}`))?.account).to.equal(account);
      }
      await store.close();
    });

    its(
      "outbox",
      "the outbox has the newest entry acknowledged, or those put after it, and none that was removed",
      async () => {
        const { place, runs } = await killed("outbox");
        const outbox = await adapters.outbox.open(place);
        const numbers = (await outbox.entries()).map(({ queuedAt }) => queuedAt - 1000);
        const last = Number(runs.at(-1)?.at(-1));
        expect(numbers.every((number) => number >= last)).to.equal(true);
        expect(numbers).to.have.length.within(1, 2);
        await outbox.close();
      },
    );
  });
}

/** Everything that a log holds, in as many reads as it takes. */
async function wholeOf(log: CommandLog): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (;;) {
    const more = await log.read(records.at(-1)?.position ?? 0, 1_000_000);
    if (more.length === 0) return records;
    records.push(...more);
  }
}
