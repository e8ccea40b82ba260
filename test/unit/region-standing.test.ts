import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { decide, type Sight } from "#services/region/standing.ts";
import { DEFAULT_TIMING } from "#services/region/timing.ts";
import { SEED } from "#test/support/seed.ts";

const LONG = DEFAULT_TIMING.partitionAfterMs;
const WELL: Sight = {
  isOwner: false,
  isSure: false,
  ownerSilenceMs: 0,
  registerSilenceMs: 0,
  aloneForMs: 0,
  contactForMs: 60_000,
  hasOpenFork: false,
  hasUnreconciledFork: false,
  mayFork: true,
};

describe("where a Region stands towards a shard", () => {
  it("owns it while it is sure of its lease", () => {
    expect(decide({ ...WELL, isOwner: true, isSure: true }, DEFAULT_TIMING).standing).to.equal("owner");
  });

  it("is unsure, not forked, while the lease is lost but a majority still answers", () => {
    expect(decide({ ...WELL, isOwner: true, contactForMs: 0 }, DEFAULT_TIMING)).to.deep.equal({
      standing: "unsure",
      action: undefined,
    });
  });

  it("never forks on the side of the majority, however long the owner is silent", () => {
    expect(decide({ ...WELL, ownerSilenceMs: 100 * LONG }, DEFAULT_TIMING).action).to.equal(undefined);
  });

  it("opens a fork when no majority has answered for a while", () => {
    const alone = {
      ...WELL,
      ownerSilenceMs: LONG,
      registerSilenceMs: LONG,
      aloneForMs: LONG,
      contactForMs: 0,
    };
    expect(decide(alone, DEFAULT_TIMING).action).to.equal("open-fork");
    expect(decide({ ...alone, isOwner: true }, DEFAULT_TIMING).action).to.equal("open-fork");
  });

  it("opens none right after it has begun, though nobody has answered it yet", () => {
    const begun = {
      ...WELL,
      ownerSilenceMs: LONG,
      registerSilenceMs: Number.POSITIVE_INFINITY,
      contactForMs: 0,
    };
    expect(decide(begun, DEFAULT_TIMING)).to.deep.equal({ standing: "unsure", action: undefined });
  });

  it("opens none where no market may match locally, or an earlier fork is not reconciled", () => {
    const alone = {
      ...WELL,
      ownerSilenceMs: LONG,
      registerSilenceMs: LONG,
      aloneForMs: LONG,
      contactForMs: 0,
    };
    for (const not of [{ mayFork: false }, { hasUnreconciledFork: true }])
      expect(decide({ ...alone, ...not }, DEFAULT_TIMING)).to.deep.equal({
        standing: "cut-off",
        action: undefined,
      });
  });

  it("heals a fork only after a contact that held", () => {
    const forked = { ...WELL, hasOpenFork: true };
    expect(
      decide({ ...forked, contactForMs: DEFAULT_TIMING.healAfterMs - 1 }, DEFAULT_TIMING).action,
    ).to.equal(undefined);
    expect(decide(forked, DEFAULT_TIMING)).to.deep.equal({ standing: "forked", action: "heal" });
  });

  it("heals a fork as soon as a majority answers, also when there is no owner to follow yet", () => {
    const forked = { ...WELL, hasOpenFork: true, ownerSilenceMs: 100 * LONG };
    expect(decide(forked, DEFAULT_TIMING).action).to.equal("heal");
    expect(decide({ ...forked, isOwner: true }, DEFAULT_TIMING).action).to.equal("heal");
  });

  it("forks and heals only as the rules say, whatever it sees", () => {
    const silence = fc.integer({ min: 0, max: 2 * LONG });
    const sights = fc.record({
      isOwner: fc.boolean(),
      isSure: fc.boolean(),
      ownerSilenceMs: silence,
      registerSilenceMs: silence,
      aloneForMs: silence,
      contactForMs: silence,
      hasOpenFork: fc.boolean(),
      hasUnreconciledFork: fc.boolean(),
      mayFork: fc.boolean(),
    });
    fc.assert(
      fc.property(sights, (sight) => {
        const { standing, action } = decide(sight, DEFAULT_TIMING);
        if (action === "open-fork") {
          expect(sight.aloneForMs).to.be.at.least(LONG);
          expect(sight.hasOpenFork || sight.hasUnreconciledFork).to.equal(false);
        }
        if (action === "heal") expect(sight.hasOpenFork).to.equal(true);
        if (standing === "owner") expect(sight.isOwner && sight.isSure).to.equal(true);
      }),
      { seed: SEED },
    );
  });
});
