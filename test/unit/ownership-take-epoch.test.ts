import { expect } from "chai";
import { describe, it } from "mocha";
import { type FailOver, failOver } from "#services/ownership/fail-over.ts";
import { Register } from "#services/ownership/register.ts";
import { takeEpoch } from "#services/ownership/take-epoch.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import { sampleRecord } from "#test/contract/acceptor-contract.ts";
import { memoryAcceptor } from "#test/property/ownership/memory-acceptor.ts";
import { VirtualNetwork } from "#test/property/ownership/virtual-network.ts";
import { clockOf, Life, VirtualTime } from "#test/property/ownership/virtual-time.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const SHARD = "shard-1" as ShardId;
const SELF = "eu-west-1" as RegionId;
/** The owner of the sample record's span, which begins behind position 2. */
const OWNER = "us-east-1" as RegionId;
const CUT = { branch: "us-east-1.1" as BranchId, seq: 40 as Seq, digest: "00ff" };

/** A Region that would take the shard over, and a register (of one acceptor) that holds a record of epoch 2. */
async function setUp(given: { positions?: Record<string, number>; regions?: readonly string[] } = {}) {
  const regions = (given.regions ?? [OWNER, SELF, "ap-northeast-1"]) as RegionId[];
  const time = new VirtualTime();
  const random = seededRandom(SEED);
  const life = new Life();
  const clock = clockOf(time, life);
  const link = new VirtualNetwork(time, random).linkOf(SELF, life);
  const acceptor = memoryAcceptor(new Map(), () => Promise.resolve());
  const register = new Register({
    shard: SHARD,
    regions: [SELF],
    link,
    acceptor,
    clock,
    random,
    timeoutMs: 100,
  });
  const record = sampleRecord(1);
  await register.change(() => record);
  const done: string[] = [];
  const positions = new Map(Object.entries(given.positions ?? {}));
  const task: FailOver = {
    shard: SHARD,
    self: SELF,
    regions,
    register,
    clock,
    leaseMs: 3000,
    steps: {
      fence: async (region, epoch) => {
        done.push(`fence ${region} ${epoch}`);
        const position = positions.get(region);
        return position === undefined ? undefined : [{ origin: OWNER, position }];
      },
      fencedEpoch: () => 0,
      held: () => positions.get(SELF) ?? 0,
      copyThrough: async (from, origin, through) => {
        done.push(`copy ${origin} from ${from} through ${through}`);
        return true;
      },
      holdThrough: async (region, origin, through) => {
        done.push(`hold ${origin} at ${region} through ${through}`);
        return true;
      },
      foldThrough: async (_, position) => {
        done.push(`fold through ${position}`);
        return CUT;
      },
      mintBranch: () => "eu-west-1.9" as BranchId,
      startBranch: async ({ parent, parentSeq, epoch }) => {
        done.push(`start on ${parent} ${parentSeq} epoch ${epoch}`);
        return 17;
      },
      epochEnd: () => undefined,
    },
  };
  return { task, record, register, done };
}

const lastSpan = (record: OwnershipRecord | undefined) => record?.lineage.at(-1);

describe("taking an epoch", () => {
  it("begins it right at its BranchStarted, at the cut, and the register knows", async () => {
    const { task, record, register } = await setUp();
    const taken = await takeEpoch(task, record, CUT, "same-epoch");
    expect(lastSpan(taken?.record)).to.deep.equal({
      epoch: 3,
      branch: "eu-west-1.9",
      owner: SELF,
      parentSeq: 40,
      start: 16,
      cutDigest: "00ff",
    });
    expect(await register.read()).to.deep.equal({ ok: true, record: taken?.record });
  });

  it("leaves the record alone when another took the epoch first", async () => {
    const { task, record, register } = await setUp();
    const other = { ...sampleRecord(2), renewal: record.renewal + 1 };
    await register.change(() => other);
    expect(await takeEpoch(task, record, CUT, "same-epoch")).to.equal(undefined);
    expect(await register.read()).to.deep.equal({ ok: true, record: other });
  });

  it("minds a renewal in between after a lease ran out, and not in a planned move", async () => {
    const { task, record, register } = await setUp();
    await register.change(() => ({ ...record, renewal: record.renewal + 1 }));
    expect(await takeEpoch(task, record, CUT, "same-renewal")).to.equal(undefined);
    expect(lastSpan((await takeEpoch(task, record, CUT, "same-epoch"))?.record)?.epoch).to.equal(3);
  });
});

describe("a failover", () => {
  it("fences a majority, copies from who holds most, folds to there, and takes the epoch", async () => {
    const { task, record, done } = await setUp({ positions: { [SELF]: 20, "ap-northeast-1": 31 } });
    expect(lastSpan((await failOver(task, record))?.record)?.epoch).to.equal(3);
    expect(done).to.have.members([
      `fence ${SELF} 2`,
      `fence ${OWNER} 2`,
      "fence ap-northeast-1 2",
      `copy ${OWNER} from ap-northeast-1 through 31`,
      "fold through 31",
      "start on us-east-1.1 40 epoch 3",
    ]);
    expect(done[0], "its own promise first").to.equal(`fence ${SELF} 2`);
  });

  it("gives up, with nothing copied or taken, when no majority promises", async () => {
    const { task, record, register, done } = await setUp({ positions: { [SELF]: 20 } });
    expect(await failOver(task, record)).to.equal(undefined);
    expect(done.filter((step) => !step.startsWith("fence"))).to.deep.equal([]);
    expect(await register.read()).to.deep.equal({ ok: true, record });
  });

  it("cuts an epoch of which nobody holds a record to nothing", async () => {
    const { task, record, done } = await setUp({ positions: { [SELF]: 0, "ap-northeast-1": 1 } });
    await failOver(task, record);
    expect(done).to.include("fold through 2");
  });

  it("lets a majority hold what it builds on, where five Regions share the shard", async () => {
    const regions = [OWNER, SELF, "c", "d", "e"];
    const { task, record, done } = await setUp({ regions, positions: { [SELF]: 30, c: 10, d: 10 } });
    expect(lastSpan((await failOver(task, record))?.record)?.epoch).to.equal(3);
    expect(done.filter((step) => step.startsWith("hold"))).to.deep.equal([`hold ${OWNER} at c through 30`]);
  });
});
