import { expect } from "chai";
import { describe, it } from "mocha";
import { LeaseKeeper } from "#services/ownership/lease-keeper.ts";
import { Register } from "#services/ownership/register.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import { sampleRecord } from "#test/contract/acceptor-contract.ts";
import { type AcceptorDisk, memoryAcceptor } from "#test/property/ownership/memory-acceptor.ts";
import { VirtualNetwork } from "#test/property/ownership/virtual-network.ts";
import { clockOf, Life, VirtualTime } from "#test/property/ownership/virtual-time.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const SHARD = "shard-1" as ShardId;
const SELF = "us-east-1" as RegionId;
const LEASE_MS = 3000;

/** The keeper of a lease in a shard's only Region, whose acceptor may be slow. */
async function setUp() {
  const time = new VirtualTime();
  const random = seededRandom(SEED);
  const life = new Life();
  const clock = clockOf(time, life);
  const disk: AcceptorDisk = new Map();
  const world = {
    writeMs: 1,
    finalSeq: 0,
    isEnded: false,
    told: [] as string[],
    seen: [] as OwnershipRecord[],
  };
  const written = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.schedule(world.writeMs, resolve);
    return promise;
  };
  const register = new Register({
    shard: SHARD,
    regions: [SELF],
    link: new VirtualNetwork(time, random).linkOf(SELF, life),
    acceptor: memoryAcceptor(disk, written),
    clock,
    random,
    timeoutMs: 100,
  });
  const record = { ...sampleRecord(1), leaseMs: LEASE_MS };
  void register.change(() => record);
  await time.runUntil(100);
  const keeper = new LeaseKeeper({
    register,
    clock,
    self: SELF,
    epoch: 2,
    leaseMs: LEASE_MS,
    reign: () => ({ finalSeq: world.finalSeq, isEnded: world.isEnded }),
    onSure: () => world.told.push("sure"),
    onUnsure: () => world.told.push("unsure"),
    onRecord: (newer) => world.seen.push(newer),
  });
  /** Lets time pass, with or without anything becoming final. */
  const pass = async (ms: number, advances: boolean) => {
    const end = time.now + ms;
    while (time.now < end) {
      if (advances) world.finalSeq++;
      await time.runUntil(Math.min(end, time.now + 100));
    }
  };
  return { time, register, keeper, world, pass };
}

describe("the keeper of a lease", () => {
  it("is not sure before its first renewal, also if the record says that it owns the shard", async () => {
    const { keeper, world, pass } = await setUp();
    keeper.start();
    await pass(1000, false);
    expect(keeper.isSure()).to.equal(false);
    await pass(200, true);
    expect(keeper.isSure()).to.equal(true);
    expect(world.told).to.deep.equal(["sure"]);
  });

  it("stays sure while its watermark advances, with about three renewals a lease", async () => {
    const { keeper, world, pass } = await setUp();
    keeper.start();
    await pass(10 * LEASE_MS, true);
    expect(world.told).to.deep.equal(["sure"]);
    expect(world.seen.length).to.be.within(25, 31);
  });

  it("tells how old its lease is, from the sending of the last renewal on, and nothing before the first and after the last", async () => {
    const { keeper, pass } = await setUp();
    keeper.start();
    expect(keeper.ageMs).to.equal(undefined);
    await pass(2 * LEASE_MS, true);
    expect(keeper.ageMs).to.be.within(0, 0.4 * LEASE_MS);
    await pass(3 * LEASE_MS, false);
    expect(keeper.ageMs).to.be.within(2.6 * LEASE_MS, 3.4 * LEASE_MS);
    keeper.stop();
    expect(keeper.ageMs).to.equal(undefined);
  });

  it("lets the lease go when nothing becomes final any more, after four fifths of it", async () => {
    const { time, keeper, world, pass } = await setUp();
    keeper.start(time.now);
    await pass(0.8 * LEASE_MS - 1, false);
    expect(keeper.isSure()).to.equal(true);
    await pass(1, false);
    expect(keeper.isSure()).to.equal(false);
    expect(world.told).to.deep.equal(["sure", "unsure"]);
    expect(world.seen, "no renewal").to.deep.equal([]);
  });

  it("becomes sure again when the watermark advances again", async () => {
    const { time, keeper, world, pass } = await setUp();
    keeper.start(time.now);
    await pass(LEASE_MS, false);
    await pass(200, true);
    expect(world.told).to.deep.equal(["sure", "unsure", "sure"]);
  });

  it("counts from before the renewal was sent, however late its answer comes", async () => {
    const { time, keeper, world, pass } = await setUp();
    world.writeMs = 0.3 * LEASE_MS; // prepare twice, accept once: the answer comes after 0.9 leases
    keeper.start();
    const before = time.now;
    await pass(LEASE_MS, true);
    expect(world.seen.length, "it was renewed").to.be.greaterThan(0);
    expect(time.now - before).to.be.at.least(0.9 * LEASE_MS);
    expect(keeper.isSure(), "and is too old already").to.equal(false);
  });

  it("ends for good when the record shows another reign", async () => {
    const { keeper, register, world, pass } = await setUp();
    keeper.start();
    await pass(500, true);
    void register.change((record) => ({ ...sampleRecord(2), renewal: (record?.renewal ?? 0) + 1 }));
    await pass(2 * LEASE_MS, true);
    expect(keeper.isSure()).to.equal(false);
    expect(world.told).to.deep.equal(["sure", "unsure"]);
    expect(world.seen.at(-1)?.lineage.at(-1)?.epoch, "it tells of the record").to.equal(3);
    const { renewal } = world.seen.at(-1) ?? { renewal: 0 };
    await pass(LEASE_MS, true);
    const result = register.read();
    await pass(100, true);
    expect((await result).ok && (await result)).to.have.nested.property("record.renewal", renewal);
  });

  it("does not renew a reign that has ended, though records are still appended to its log", async () => {
    const { time, keeper, world, pass } = await setUp();
    keeper.start(time.now);
    world.isEnded = true;
    await pass(2 * LEASE_MS, true);
    expect(world.seen).to.deep.equal([]);
    expect(keeper.isSure()).to.equal(false);
  });

  it("is unsure from the moment at which it is stopped", async () => {
    const { time, keeper, world, pass } = await setUp();
    keeper.start(time.now);
    keeper.stop();
    expect(keeper.isSure()).to.equal(false);
    await pass(LEASE_MS, true);
    expect(world.told).to.deep.equal(["sure", "unsure"]);
  });
});
