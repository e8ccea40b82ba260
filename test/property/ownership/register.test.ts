import { expect } from "chai";
import { describe, it } from "mocha";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import { SEED } from "#test/support/seed.ts";
import type { AcceptorDisk } from "./memory-acceptor.ts";
import { whatIsWrong } from "./register-history.ts";
import { type RegisterWorldOptions, runRegister } from "./register-world.ts";

const SEEDS = 1000;

describe("the ownership register, under loss, delay, duplication, reordering, cuts and crashes", function () {
  this.timeout(300_000);

  it(`is linearizable in ${SEEDS} runs: no update is lost, doubled, or answered wrongly`, async () => {
    const seen = { answered: 0, refused: 0, ambiguous: 0, reads: 0 };
    for (let seed = SEED; seed < SEED + SEEDS; seed++) {
      const { calls, last } = await runRegister(seed);
      expect(last, `seed ${seed}: all Regions read the same once all is well`).to.not.equal(undefined);
      expect(whatIsWrong(calls, last ?? ""), `seed ${seed}`).to.equal(undefined);
      for (const { kind, answer, isRefused } of calls) {
        if (kind === "read" && answer !== undefined) seen.reads++;
        else if (answer !== undefined) seen.answered++;
        else if (isRefused) seen.refused++;
        else seen.ambiguous++;
      }
    }
    // The runs meant something.
    for (const [what, count] of Object.entries(seen)) expect(count, what).to.be.greaterThan(SEEDS);
  });

  it("gives the same run for the same seed", async () => {
    for (let seed = SEED; seed < SEED + 5; seed++)
      expect(await runRegister(seed)).to.deep.equal(await runRegister(seed));
  });

  const faults: Record<string, RegisterWorldOptions> = {
    "an acceptor that accepts without looking at its promise": { breakAcceptor: withoutPromiseCheck },
    "an acceptor that forgets its promise in a crash": { onCrash: forgetPromises },
    "an acceptor that forgets in a crash what it accepted": { onCrash: (disk) => disk.clear() },
    "an acceptor that promises without telling what it accepted": { breakAcceptor: withoutValue },
  };
  for (const [fault, options] of Object.entries(faults)) {
    it(`is seen to break with ${fault}`, async () => {
      const limit = SEED + SEEDS;
      let seed = SEED;
      while (seed < limit && (await isSound(seed, options))) seed++;
      expect(seed, "a seed that finds it").to.be.lessThan(limit);
    });
  }
});

async function isSound(seed: number, options: RegisterWorldOptions): Promise<boolean> {
  const { calls, last } = await runRegister(seed, options);
  return last !== undefined && whatIsWrong(calls, last) === undefined;
}

/** Accepts under the highest ballot that it can think of, so that nothing is below its promise. */
function withoutPromiseCheck(sound: Acceptor): Acceptor {
  return {
    ...sound,
    accept: async (shard, ballot, value) => {
      const { promised } = await sound.read(shard);
      const answer = await sound.accept(shard, ballot, value);
      if (answer.ok || promised === undefined) return answer;
      await sound.accept(shard, { ...promised, counter: promised.counter + 1 }, value);
      return { ok: true };
    },
  };
}

function forgetPromises(disk: AcceptorDisk): void {
  for (const [shard, { accepted }] of disk) disk.set(shard, { promised: undefined, accepted });
}

function withoutValue(sound: Acceptor): Acceptor {
  return {
    ...sound,
    prepare: async (shard, ballot) => {
      const answer = await sound.prepare(shard, ballot);
      return answer.ok ? { ok: true, accepted: undefined } : answer;
    },
  };
}
