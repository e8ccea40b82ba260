import { expect } from "chai";
import { describe, it } from "mocha";
import { SEED } from "#test/support/seed.ts";
import { type OwnershipRun, runOwnership, type WorldFaults } from "./ownership-world.ts";
import { foldLineage } from "./tiny-shard.ts";

const SEEDS = 300;

describe("the ownership of a shard, under crashes, cuts, loss and planned moves", function () {
  this.timeout(600_000);

  it(`keeps in ${SEEDS} runs what was final, begins every reign at its cut, and has at most one sure owner`, async () => {
    const seen = { reigns: 0, finals: 0, moves: 0 };
    for (let seed = SEED; seed < SEED + SEEDS; seed++) {
      const run = await runOwnership(seed);
      expect(whatIsWrong(run), `seed ${seed}`).to.equal(undefined);
      seen.reigns += run.record?.lineage.length ?? 0;
      seen.finals += run.finals.length;
      seen.moves += run.promotions.filter(({ result }) => result.ok).length;
    }
    expect(seen.reigns, "takeovers").to.be.greaterThan(2 * SEEDS);
    expect(seen.finals, "reigns that made something final").to.be.greaterThan(SEEDS);
    expect(seen.moves, "planned moves").to.be.greaterThan(SEEDS / 10);
  });

  const faults: Record<string, WorldFaults> = {
    "a fence that is not asked for": {
      breakSteps: (steps) => ({ ...steps, fence: async (region) => [{ origin: region, position: 0 }] }),
    },
    "a Region that does not copy what it lacks": {
      breakSteps: (steps) => ({ ...steps, copyThrough: async () => true }),
    },
  };
  for (const [fault, broken] of Object.entries(faults)) {
    it(`is seen to break with ${fault}`, async () => {
      let seed = SEED;
      while (seed < SEED + SEEDS && whatIsWrong(await runOwnership(seed, broken)) === undefined) seed++;
      expect(seed, "a seed that finds it").to.be.lessThan(SEED + SEEDS);
    });
  }
});

function whatIsWrong({
  record,
  disks,
  finals,
  sureAtOnce,
  isWell,
  promotions,
}: OwnershipRun): string | undefined {
  if (record === undefined) return "nobody began";
  const problems: string[] = [];
  const { lineage } = record;
  const logOf = (owner: string) => [...disks].find(([region]) => region === owner)?.[1].own ?? [];
  for (const [at, { epoch }] of lineage.entries())
    if (epoch !== at + 1) problems.push(`epoch ${epoch} is out of turn`);

  const whole = foldLineage(record, logOf, Number.POSITIVE_INFINITY, (state, at, where) => {
    const next = lineage[at + 1];
    if (where === "start" && state.branch !== lineage[at]?.branch)
      problems.push(`epoch ${at + 1} does not begin with its own branch`);
    if (where === "cut" && state.digest !== next?.cutDigest)
      problems.push(`epoch ${at + 1} was cut in another state than the register says`);
  });
  if (whole === undefined) problems.push("the lineage has a hole");

  for (const { epoch, position } of finals) {
    const span = lineage[epoch - 1];
    const next = lineage[epoch];
    if (span === undefined) problems.push(`epoch ${epoch} had final commands and is no more`);
    if (span === undefined || next === undefined) continue;
    const final = logOf(span.owner).filter(
      (one) => one.position > span.start && one.position <= position,
    ).length;
    if (span.parentSeq + final > next.parentSeq) problems.push(`epoch ${epoch} was cut below what was final`);
  }
  for (const { epoch, result } of promotions)
    if (result.ok && (result.record.lineage.at(-1)?.epoch ?? 0) <= epoch)
      problems.push("a move moved nothing");
  if (sureAtOnce > 1) problems.push(`${sureAtOnce} owners were sure at once`);
  if (!isWell) problems.push("it does not become well again");
  return problems[0];
}
