import { expect } from "chai";
import { describe, it } from "mocha";
import { type PromotionResult, promote } from "#services/ownership/promotion.ts";
import { RecordWatch } from "#services/ownership/record-watch.ts";
import { Register } from "#services/ownership/register.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { AppendResult } from "#shared/ports/command-log.ts";
import { sampleRecord } from "#test/contract/acceptor-contract.ts";
import { memoryAcceptor } from "#test/property/ownership/memory-acceptor.ts";
import { VirtualNetwork } from "#test/property/ownership/virtual-network.ts";
import { clockOf, Life, VirtualTime } from "#test/property/ownership/virtual-time.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const SHARD = "shard-1" as ShardId;
const [OWNER, NEXT] = ["us-east-1", "eu-west-1"] as [RegionId, RegionId];

/** The owner of epoch 2 and a Region that may follow; the record is told by hand. */
function setUp(given: { appended?: AppendResult; isSure?: boolean; isReady?: boolean } = {}) {
  const { appended = { ok: true, position: 7 }, isSure = true, isReady = true } = given;
  const time = new VirtualTime();
  const random = seededRandom(SEED);
  const network = new VirtualNetwork(time, random);
  const life = new Life();
  const clock = clockOf(time, life);
  const link = network.linkOf(OWNER, life);
  network
    .linkOf(NEXT, life)
    .serve("ownership.promote", async (_, { epoch }) => ({ ok: isReady && epoch === 2 }));
  const acceptor = memoryAcceptor(new Map(), () => Promise.resolve());
  const register = new Register({
    shard: SHARD,
    regions: [OWNER],
    link,
    acceptor,
    clock,
    random,
    timeoutMs: 100,
  });
  const watch = new RecordWatch({ register, clock, everyMs: () => 100 });
  watch.note(sampleRecord(1));
  const done: string[] = [];
  let result: PromotionResult | undefined;
  const steps = {
    pauseIntake: async () => void done.push("pause"),
    resumeIntake: () => void done.push("resume"),
    resign: () => void done.push("resign"),
    appendEpochEnded: async (epoch: number, successor: RegionId) => {
      done.push(`end ${epoch} for ${successor}`);
      return appended;
    },
  };
  const move = async (to: RegionId, ms: number) => {
    void promote(
      {
        shard: SHARD,
        regions: [OWNER, NEXT],
        link,
        watch,
        clock,
        steps,
        isSure: () => isSure,
        timeoutMs: 100,
        confirmMs: 1000,
      },
      to,
    ).then((answer) => {
      result = answer;
    });
    await time.runUntil(time.now + ms);
    return result;
  };
  return { time, network, watch, done, move, answer: () => result };
}

const ENDING = ["pause", `end 2 for ${NEXT}`, "resign"];
const nextEpoch = () => ({ ...sampleRecord(2), renewal: 100 });

describe("the planned move, at the owner", () => {
  it("stops intake, ends the epoch, resigns, and goes on when the successor reigns", async () => {
    const { time, watch, done, move, answer } = setUp();
    expect(await move(NEXT, 300), "it waits for the successor").to.equal(undefined);
    expect(done).to.deep.equal(ENDING);
    watch.note(nextEpoch());
    await time.runUntil(time.now + 1);
    expect(answer()).to.deep.equal({ ok: true, record: nextEpoch() });
    expect(done).to.deep.equal([...ENDING, "resume"]);
  });

  const refusals = {
    "unknown-region": { to: "mars-1" as RegionId, given: {} },
    "already-owner": { to: OWNER, given: {} },
    "not-owner": { to: NEXT, given: { isSure: false } },
    "successor-not-ready": { to: NEXT, given: { isReady: false } },
  };
  for (const [error, { to, given }] of Object.entries(refusals)) {
    it(`does nothing where it must not: ${error}`, async () => {
      const { done, move } = setUp(given);
      expect(await move(to, 300)).to.deep.equal({ ok: false, error });
      expect(done).to.deep.equal([]);
    });
  }

  it("does nothing when the successor cannot be reached", async () => {
    const { network, done, move } = setUp();
    network.cut(OWNER, NEXT);
    expect(await move(NEXT, 300)).to.deep.equal({ ok: false, error: "successor-not-ready" });
    expect(done).to.deep.equal([]);
  });

  it("goes on as before when its log refuses the end", async () => {
    const { done, move } = setUp({ appended: { ok: false, error: "overloaded" } });
    expect(await move(NEXT, 300)).to.deep.equal({ ok: false, error: "log-refused" });
    expect(done).to.deep.equal(["pause", `end 2 for ${NEXT}`, "resume"]);
  });

  it("takes an end that may be in the log for one that is", async () => {
    const { done, move } = setUp({ appended: { ok: false, error: "unknown" } });
    expect(await move(NEXT, 2000)).to.deep.equal({ ok: false, error: "unconfirmed" });
    expect(done).to.deep.equal(ENDING);
  });

  it("says that the move is unconfirmed when nobody takes over in time, and lets intake go on when somebody does", async () => {
    const { watch, done, move } = setUp();
    expect(await move(NEXT, 2000)).to.deep.equal({ ok: false, error: "unconfirmed" });
    expect(done).to.deep.equal(ENDING);
    watch.note(nextEpoch());
    expect(done).to.deep.equal([...ENDING, "resume"]);
  });
});
