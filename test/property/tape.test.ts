import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { Tape, type TapeRecord } from "#services/replication/tape.ts";
import { TapeCursor } from "#services/replication/tape-cursor.ts";
import { ROOT_PLACE } from "#services/replication/tape-plan.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";
import type { Random } from "#shared/ports/random.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { drawWorld, SELF, SHARD, type WorldStep } from "./tape-worlds.ts";

describe("a fold that follows a tape", function () {
  this.timeout(120_000);

  for (const way of ["as things happen", "by catching up now and then"] as const) {
    it(`has in the end what a fold from scratch over the last plan has, ${way}: whatever was cut, forked and learned late`, async () => {
      let rewinds = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (seed) => {
          const random = seededRandom(seed);
          const { steps, tape: expected } = drawWorld(random);
          const world = await openWorld();
          const told = new Told(world.tape, random);
          const cursor = new TapeCursor(world.tape, told, { place: ROOT_PLACE, tip: 0 });
          if (way === "as things happen") cursor.run();
          for (const step of steps) {
            await world.take(step);
            if (way === "as things happen")
              for (let turns = random.below(4); turns > 0; turns--) await nextTurn();
            else if (random.below(3) === 0) await cursor.catchUp();
          }
          if (way === "as things happen") await eventually(() => told.isAt(expected));
          else await cursor.catchUp();
          await cursor.stop();
          await world.close();
          expect(told.published).to.deep.equal(expected);
          expect(told.folded.map(textOf)).to.deep.equal(expected);
          rewinds += told.rewinds;
        }),
        { seed: SEED, numRuns: 150 },
      );
      expect(rewinds, "they had to go back").to.be.greaterThan(100);
    });
  }
});

async function openWorld() {
  const log = openSqliteCommandLog({ file: ":memory:" });
  const copies = openSqliteLogCopies({ file: ":memory:" });
  const tape = new Tape(
    { shard: SHARD, self: SELF, log, copies },
    { shard: SHARD, lineage: [], fork: undefined },
  );
  return {
    tape,
    take: async (step: WorldStep): Promise<void> => {
      if (step.kind === "plan") tape.setPlan(step.plan);
      else if (step.origin === SELF) {
        const appended = await log.append(new TextEncoder().encode(step.text));
        expect(appended).to.deep.equal({ ok: true, position: step.position });
      } else {
        const bytes = new TextEncoder().encode(step.text);
        await copies.append(SHARD, step.origin, [{ position: step.position, bytes }]);
      }
    },
    close: async () => {
      await log.close();
      await copies.close();
    },
  };
}

/** A fold with snapshots at random places, and one who listens to it and forgets what he is told stands no more. */
class Told {
  readonly published: string[] = [];
  readonly folded: TapeRecord[] = [];
  rewinds = 0;
  readonly #tape: Tape;
  readonly #random: Random;

  constructor(tape: Tape, random: Random) {
    this.#tape = tape;
    this.#random = random;
  }

  async take(records: readonly TapeRecord[]): Promise<void> {
    for (const record of records) {
      expect(record.seq, "no gap").to.equal(this.folded.length + 1);
      this.folded.push(record);
      if (record.seq > this.published.length) this.published.push(textOf(record));
      else expect(textOf(record), "the same again").to.equal(this.published[record.seq - 1]);
    }
    if (this.#random.below(3) === 0) await nextTurn();
  }

  async rewind(toSeq: Seq): Promise<TapePlace> {
    this.rewinds++;
    expect(toSeq).to.be.lessThan(this.published.length);
    const segment = this.#tape.segments.find(({ parentSeq, end }) => toSeq >= parentSeq && toSeq < end);
    const lost = this.published[toSeq]?.split(" ")[0];
    expect(segment?.branch, "it goes back no further than it must").to.not.equal(lost);
    this.published.length = toSeq;
    if (this.#random.below(2) === 0) await nextTurn();
    if (this.folded.length > toSeq) this.folded.length = this.#random.below(toSeq + 1);
    return this.folded.at(-1) ?? ROOT_PLACE;
  }

  isAt(expected: readonly string[]): boolean {
    return this.published.join() === expected.join() && this.folded.length === expected.length;
  }
}

function textOf({ branch, seq, bytes }: TapeRecord): string {
  return `${branch} ${seq} ${new TextDecoder().decode(bytes)}`;
}
