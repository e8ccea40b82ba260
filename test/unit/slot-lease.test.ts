import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { openSqliteLeaseTable } from "#shared/adapters/embedded/sqlite-lease-table.ts";
import { LeaseWatch } from "#shared/lease/lease-watch.ts";
import { SlotLease } from "#shared/lease/slot-lease.ts";
import type { LeaseTable } from "#shared/ports/lease-table.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";

const [LEASE_MS, BEAT_MS] = [10_000, 3000];

describe("the lease of a consumer", () => {
  let table: LeaseTable;
  const clocks = new Map<SlotLease, ManualClock>();

  beforeEach(() => {
    table = openSqliteLeaseTable({ file: ":memory:" });
  });
  afterEach(async () => {
    clocks.clear();
    await table.close();
  });

  /** A task with a clock of its own. */
  const task = async (holder: string, slots = ["a", "b"], through: LeaseTable = table) => {
    const clock = manualClock(1_700_000_000_000 + clocks.size * 1e9);
    const lease = new SlotLease({
      table: through,
      slots,
      holder,
      clock,
      leaseMs: LEASE_MS,
      beatMs: BEAT_MS,
    });
    clocks.set(lease, clock);
    lease.start();
    await turns();
    return lease;
  };
  /** Time goes on for these tasks, in beats. */
  const pass = async (ms: number, ...leases: readonly SlotLease[]) => {
    for (let elapsed = 0; elapsed < ms; elapsed += BEAT_MS) {
      for (const lease of leases) clocks.get(lease)?.advance(BEAT_MS);
      await turns();
    }
  };

  it("gives each task a slot of its own, and none to one too many", async () => {
    const [one, two, three] = [await task("1"), await task("2"), await task("3")];
    await pass(60_000, one, two, three);
    expect([one.held, two.held, three.held]).to.deep.equal(["a", "b", undefined]);
  });

  it("that is given back goes to who waits at its next look, which may come sooner than a beat", async () => {
    const one = await task("1", ["a"]);
    const clock = manualClock();
    const options = { table, slots: ["a"], holder: "2", clock, leaseMs: LEASE_MS, beatMs: BEAT_MS };
    const two = new SlotLease({ ...options, lookMs: 200 });
    two.start();
    await turns();
    await one.stop();
    clock.advance(199);
    await turns();
    expect(two.held).to.equal(undefined);
    clock.advance(1);
    await turns();
    expect([two.held, two.tookFrom]).to.deep.equal(["a", undefined]);
    await two.stop();
  });

  it("is seen by who watches over it: while it beats, until it is given back, and no longer than it lasts", async () => {
    const clock = manualClock();
    const watch = new LeaseWatch({ table, slot: "a", leaseMs: LEASE_MS, clock });
    const look = async () => {
      clock.advance(LEASE_MS / 4);
      await turns();
    };
    watch.start();
    await turns();
    expect(watch.isHeld, "nobody ever had it").to.equal(false);
    const one = await task("1", ["a"]);
    await look();
    expect(watch.isHeld).to.equal(true);
    for (let looks = 0; looks < 12; looks++) {
      await pass(BEAT_MS, one);
      await look();
    }
    expect(watch.isHeld, "it beats").to.equal(true);
    // Its task stands still.
    for (let looks = 0; looks < 5; looks++) await look();
    expect(watch.isHeld).to.equal(false);
    await pass(BEAT_MS, one);
    await look();
    expect(watch.isHeld).to.equal(true);
    await one.stop();
    await look();
    expect(watch.isHeld, "it was given back").to.equal(false);
    watch.stop();
  });

  it("goes to who waits when it has seen the same beat for as long as a lease lasts", async () => {
    const one = await task("1", ["a"]);
    const two = await task("2", ["a"]);
    // The first one's task stands still: nothing of it runs.
    await pass(9000, two);
    expect([one.held, two.held], "not before").to.deep.equal(["a", undefined]);
    await pass(BEAT_MS, two);
    expect([two.held, two.tookFrom]).to.deep.equal(["a", "1"]);
  });

  it("is not used any more by a holder that has not been able to renew it", async () => {
    let isCut = false;
    const cut: LeaseTable = {
      read: (name) => (isCut ? Promise.reject(new Error("cut off")) : table.read(name)),
      swap: (...args) => (isCut ? Promise.reject(new Error("cut off")) : table.swap(...args)),
      close: () => table.close(),
    };
    const one = await task("1", ["a"], cut);
    const two = await task("2", ["a"]);
    await pass(30_000, one, two);
    expect([one.held, two.held]).to.deep.equal(["a", undefined]);
    isCut = true;
    const both: string[] = [];
    for (let beat = 0; beat < 10; beat++) {
      await pass(BEAT_MS, one, two);
      if (one.held !== undefined && two.held !== undefined) both.push(`beat ${beat}`);
    }
    expect(both, "never two at once").to.deep.equal([]);
    expect([one.held, two.held]).to.deep.equal([undefined, "a"]);
    expect(one.isTaken, "nobody knows while nothing is read").to.equal(false);
    isCut = false;
    await pass(30_000, one, two);
    expect([one.held, two.held]).to.deep.equal([undefined, "a"]);
    expect([one.isTaken, two.isTaken]).to.deep.equal([true, false]);
  });

  it("is kept when the answer to a renewal was lost and the table shows that it was written", async () => {
    const lossy: LeaseTable = {
      read: (name) => table.read(name),
      swap: async (...args) => {
        await table.swap(...args);
        throw new Error("the answer was lost");
      },
      close: () => table.close(),
    };
    const one = await task("1", ["a"], lossy);
    await pass(60_000, one);
    expect(one.held).to.equal("a");
  });

  it("is given back by a task that stops: the next one has it at its next look", async () => {
    const one = await task("1", ["a"]);
    const two = await task("2", ["a"]);
    await one.stop();
    await pass(BEAT_MS, two);
    expect([one.held, two.held]).to.deep.equal([undefined, "a"]);
  });
});

/** Lets everything that was started come to its end. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
