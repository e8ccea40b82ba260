import { AssertionError, expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { ShardId } from "#shared/domain/ids.ts";
import { differenceOf } from "#test/support/engine-difference.ts";
import { expectInvariants } from "#test/support/engine-invariants.ts";
import { COMPARED, ENGINES, ORACLE } from "#test/support/engines.ts";
import { EventWatch } from "#test/support/event-watch.ts";
import { SEED } from "#test/support/seed.ts";
import { BRANCH, commandStreams, type Stream } from "./command-streams.ts";
import { Coverage } from "./coverage.ts";

const SHARD = "shard-1" as ShardId;
/** Enough for the rarest of what must be met, however few runs are asked for. */
const COVERAGE_RUNS_LEAST = 5_000;
/** Far more than a run takes: only what hangs comes so far. */
const TIMEOUT_PER_RUN_MS = 60;

/** Defines the tests that every engine passes over random command streams: so many for the comparison, a part of them for the rest. */
export function enginesAgree(runs: number): void {
  describe(`engines and random command streams (seed ${SEED}, ${runs} runs)`, function () {
    this.timeout(60_000 + TIMEOUT_PER_RUN_MS * runs);

    for (const engine of COMPARED) {
      it(`the ${engine.name} and the ${ORACLE.name} give the same events, digests and states`, () => {
        check(runs, 60, (stream) => {
          const difference = differenceOf(stream, BRANCH, ORACLE, engine);
          if (difference !== undefined) throw new AssertionError(difference);
        });
      });
    }

    for (const engine of ENGINES) {
      it(`the ${engine.name} keeps the invariants after every command, and its events tell all that happens`, () => {
        check(runs / 10, 70, (stream) => {
          const folded = engine.create(SHARD, BRANCH);
          const watch = new EventWatch();
          for (const envelope of stream) {
            watch.note(folded.apply(envelope));
            const state = folded.state();
            expectInvariants(state);
            watch.expectState(state);
          }
        });
      });

      it(`the ${engine.name} changes nothing when a stream is repeated`, () => {
        check(runs / 50, 70, (stream) => {
          const folded = engine.create(SHARD, BRANCH);
          for (const envelope of stream) folded.apply(envelope);
          const { balances, markets, commands, deposits, transfers, forks } = folded.state();
          const remembered = new Set([...commands, ...deposits].map(({ commandId }) => commandId));
          for (const envelope of stream)
            if (envelope !== null && remembered.has(envelope.commandId)) folded.apply(envelope);
          expect(folded.state().balances).to.deep.equal(balances);
          expect(folded.state().markets).to.deep.equal(markets);
          expect(folded.state().transfers).to.deep.equal(transfers);
          expect(folded.state().forks).to.deep.equal(forks);
        });
      });

      const { restore } = engine;
      if (restore === undefined) continue;
      it(`the ${engine.name} goes on from any snapshot to the same events and the same digest`, () => {
        check(runs / 20, 70, (stream) => {
          const whole = engine.create(SHARD, BRANCH);
          const middle = Math.floor((stream.length * 2) / 3);
          for (const envelope of stream.slice(0, middle)) whole.apply(envelope);
          const restored = restore(whole.snapshot());
          expect(restored.digest()).to.equal(whole.digest());
          for (const envelope of stream.slice(middle))
            expect(restored.apply(envelope)).to.deep.equal(whole.apply(envelope));
          expect(restored.digest()).to.equal(whole.digest());
        });
      });
    }

    it("the streams meet everything that can happen", () => {
      const coverage = new Coverage();
      check(Math.max(COVERAGE_RUNS_LEAST, runs / 4), 70, (stream) => {
        const folded = ORACLE.create(SHARD, BRANCH);
        coverage.begin();
        let before = folded.state();
        for (const envelope of stream) {
          const events = folded.apply(envelope);
          const after = folded.state();
          coverage.note(envelope, before, events, after);
          before = after;
        }
      });
      if (process.env.MERIDIAN_RAREST !== undefined) console.log(coverage.rarest(40).join("\n"));
      expect(coverage.missing(), "the streams no longer reach these").to.deep.equal([]);
    });

    function check(runs: number, maxLength: number, property: (stream: Stream) => void): void {
      const numRuns = Math.max(1, Math.round(runs));
      fc.assert(fc.property(commandStreams(maxLength), property), { seed: SEED, numRuns });
    }
  });
}
