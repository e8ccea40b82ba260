import { expect } from "chai";
import { describe, it } from "mocha";
import { Register } from "#services/ownership/register.ts";
import { serveAcceptor } from "#services/ownership/serve-acceptor.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import { ballotOf, sampleRecord } from "#test/contract/acceptor-contract.ts";
import { type AcceptorDisk, memoryAcceptor } from "#test/property/ownership/memory-acceptor.ts";
import { VirtualNetwork } from "#test/property/ownership/virtual-network.ts";
import { clockOf, Life, VirtualTime } from "#test/property/ownership/virtual-time.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const SHARD = "shard-1" as ShardId;
const [A, B, C] = ["a", "b", "c"] as [RegionId, RegionId, RegionId];
const TIMEOUT_MS = 100;

/** Three Regions with a register each. */
function setUp(ownAcceptor: (acceptor: Acceptor) => Acceptor = (acceptor) => acceptor) {
  const time = new VirtualTime();
  const random = seededRandom(SEED);
  const network = new VirtualNetwork(time, random);
  const disks = new Map<RegionId, AcceptorDisk>();
  const registers = new Map<RegionId, Register>();
  for (const region of [A, B, C]) {
    const life = new Life();
    const link = network.linkOf(region, life);
    const disk: AcceptorDisk = new Map();
    disks.set(region, disk);
    const sound = memoryAcceptor(disk, () => Promise.resolve());
    const acceptor = region === A ? ownAcceptor(sound) : sound;
    serveAcceptor(link, acceptor);
    const clock = clockOf(time, life);
    registers.set(
      region,
      new Register({
        shard: SHARD,
        regions: [A, B, C],
        link,
        acceptor,
        clock,
        random,
        timeoutMs: TIMEOUT_MS,
      }),
    );
  }
  const registerOf = (region: RegionId) => {
    const register = registers.get(region);
    if (register === undefined) throw new Error(`no Region ${region}`);
    return register;
  };
  const isolate = (region: RegionId) => {
    for (const other of [A, B, C]) {
      network.cut(region, other);
      network.cut(other, region);
    }
  };
  /** Lets time pass until a promise has its answer. */
  const answerOf = async <T>(promise: Promise<T>): Promise<T> => {
    let isThere = false;
    void promise.finally(() => {
      isThere = true;
    });
    await time.runUntil(time.now + 60_000, () => isThere);
    return promise;
  };
  return { time, network, disks, registerOf, isolate, answerOf };
}

const renewed = (record: OwnershipRecord | undefined): OwnershipRecord => ({
  ...(record ?? sampleRecord(1)),
  renewal: (record?.renewal ?? 0) + 1,
});

describe("the ownership register", () => {
  it("holds nothing at first, and then what was put into it, for every Region", async () => {
    const { registerOf, answerOf } = setUp();
    expect(await answerOf(registerOf(B).read())).to.deep.equal({ ok: true, record: undefined });
    const record = sampleRecord(1);
    const change = await answerOf(registerOf(A).change(() => record));
    expect(change).to.deep.equal({ ok: true, changed: true, record });
    for (const region of [A, B, C])
      expect(await answerOf(registerOf(region).read())).to.deep.equal({ ok: true, record });
  });

  it("tells a caller whose function leaves the record as it is what it is", async () => {
    const { registerOf, answerOf } = setUp();
    await answerOf(registerOf(A).change(() => sampleRecord(1)));
    const result = await answerOf(registerOf(B).change(() => undefined));
    expect(result).to.deep.equal({ ok: true, changed: false, record: sampleRecord(1) });
  });

  it("works with one Region silent, and not with two", async () => {
    const { registerOf, isolate, answerOf } = setUp();
    isolate(C);
    expect((await answerOf(registerOf(A).change(renewed))).ok).to.equal(true);
    expect(await answerOf(registerOf(C).change(renewed))).to.deep.equal({ ok: false, error: "unreachable" });
    expect(await answerOf(registerOf(C).read())).to.deep.equal({ ok: false, error: "unreachable" });
  });

  it("says that a change is ambiguous when its value went out and no majority answered, and a read decides it", async () => {
    const { network, registerOf, answerOf } = setUp();
    await answerOf(registerOf(A).change(() => sampleRecord(1)));
    const wanted = sampleRecord(2);
    const result = await answerOf(
      registerOf(A).change(() => {
        // From here on only answers are lost.
        for (const other of [B, C]) network.cut(other, A);
        return wanted;
      }),
    );
    expect(result).to.deep.equal({ ok: false, error: "ambiguous" });
    network.cuts.clear();
    expect(await answerOf(registerOf(B).read())).to.deep.equal({ ok: true, record: wanted });
  });

  it("disturbs no promise with a read of what a majority holds", async () => {
    const { disks, registerOf, answerOf } = setUp();
    await answerOf(registerOf(A).change(() => sampleRecord(1)));
    const promised = () => [...disks.values()].map((disk) => disk.get(SHARD)?.promised);
    const before = promised();
    for (const region of [A, B, C]) await answerOf(registerOf(region).read());
    expect(promised()).to.deep.equal(before);
  });

  it("sends a ballot to nobody before the own acceptor has promised it", async () => {
    const silent = (acceptor: Acceptor): Acceptor => ({
      ...acceptor,
      prepare: () => new Promise(() => undefined),
    });
    const { time, disks, registerOf } = setUp(silent);
    void registerOf(A).change(() => sampleRecord(1));
    await time.runUntil(5000);
    for (const region of [B, C]) expect(disks.get(region)?.get(SHARD), region).to.equal(undefined);
  });

  it("asks the own acceptor for one promise a change, which also counts as its answer to the round", async () => {
    const promises: number[] = [];
    const counting = (acceptor: Acceptor): Acceptor => ({
      ...acceptor,
      prepare: (shard, ballot) => {
        promises.push(ballot.counter);
        return acceptor.prepare(shard, ballot);
      },
    });
    const { registerOf, isolate, answerOf } = setUp(counting);
    isolate(C);
    for (let change = 0; change < 3; change++)
      expect((await answerOf(registerOf(A).change(renewed))).ok).to.equal(true);
    expect(promises).to.deep.equal([1, 2, 3]);
  });

  it("numbers its ballots above all that the own acceptor promised in an earlier life", async () => {
    const { disks, registerOf, answerOf } = setUp();
    for (const disk of disks.values()) disk.set(SHARD, { promised: ballotOf(41, A), accepted: undefined });
    await answerOf(registerOf(A).change(() => sampleRecord(1)));
    expect(disks.get(B)?.get(SHARD)?.accepted?.ballot).to.deep.equal(ballotOf(42, A));
  });

  it("knows how long no majority has answered", async () => {
    const { time, registerOf, isolate, answerOf } = setUp();
    const register = registerOf(A);
    expect(register.silenceMs()).to.equal(Number.POSITIVE_INFINITY);
    await answerOf(register.read());
    isolate(A);
    const since = time.now;
    await time.runUntil(since + 1000);
    await answerOf(register.read());
    expect(register.silenceMs()).to.equal(time.now - since);
  });

  it("does one thing after the other for callers of one Region, and loses none", async () => {
    const { registerOf, answerOf } = setUp();
    const changes = Array.from({ length: 20 }, () => registerOf(A).change(renewed));
    const results = await answerOf(Promise.all(changes));
    expect(results.map((result) => result.ok && result.record?.renewal)).to.deep.equal(
      results.map((_, at) => at + 1),
    );
  });
});
