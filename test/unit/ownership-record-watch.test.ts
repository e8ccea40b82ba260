import { expect } from "chai";
import { describe, it } from "mocha";
import { RecordWatch } from "#services/ownership/record-watch.ts";
import { Register } from "#services/ownership/register.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import { sampleRecord } from "#test/contract/acceptor-contract.ts";
import { memoryAcceptor } from "#test/property/ownership/memory-acceptor.ts";
import { VirtualNetwork } from "#test/property/ownership/virtual-network.ts";
import { clockOf, Life, VirtualTime } from "#test/property/ownership/virtual-time.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const SELF = "a" as RegionId;

/** A watch of a register with one acceptor, and when that was looked at. */
function setUp(everyMs: () => number) {
  const time = new VirtualTime();
  const random = seededRandom(SEED);
  const life = new Life();
  const clock = clockOf(time, life);
  const link = new VirtualNetwork(time, random).linkOf(SELF, life);
  const looks: number[] = [];
  const sound = memoryAcceptor(new Map(), () => Promise.resolve());
  const acceptor: Acceptor = {
    ...sound,
    read: (shard) => {
      looks.push(Math.round(time.now));
      return sound.read(shard);
    },
  };
  const regions = [SELF];
  const shard = "shard-1" as ShardId;
  const register = new Register({ shard, regions, link, acceptor, clock, random, timeoutMs: 100 });
  return { time, looks, watch: new RecordWatch({ register, clock, everyMs }) };
}

const renewal = (number: number) => ({ ...sampleRecord(1), renewal: number });

describe("the watch of the ownership record", () => {
  it("looks at the register again and again", async () => {
    const { time, looks, watch } = setUp(() => 500);
    watch.start();
    await time.runUntil(1600);
    expect(looks).to.deep.equal([0, 500, 1000, 1500]);
  });

  it("does not look while it hears of the record some other way, and does when it hears no more", async () => {
    const { time, looks, watch } = setUp(() => 500);
    watch.start();
    for (const at of [400, 800, 1200]) {
      await time.runUntil(at);
      watch.note(renewal(at));
    }
    await time.runUntil(1699);
    expect(looks).to.deep.equal([0]);
    await time.runUntil(2300);
    expect(looks).to.deep.equal([0, 1700, 2200]);
  });

  it("takes a record that it knows for no news", async () => {
    const { time, looks, watch } = setUp(() => 500);
    watch.start();
    watch.note(renewal(7));
    await time.runUntil(400);
    watch.note(renewal(7));
    await time.runUntil(600);
    expect(looks).to.deep.equal([0, 500]);
  });
});
