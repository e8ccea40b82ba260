import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { describe, it } from "mocha";
import { LeaseLost, LedWork } from "#services/task/led-work.ts";
import { manualClock } from "#test/support/manual-clock.ts";

/** A lease that a test gives and takes. */
function world(patienceMs = 0) {
  const clock = manualClock();
  const did: string[] = [];
  const failures: unknown[] = [];
  const lease = {
    held: undefined as string | undefined,
    isTaken: false,
    start: () => void did.push("lease started"),
    stop: async () => void did.push("lease given back"),
  };
  const work = new LedWork({
    lease,
    begin: async () => {
      did.push("begun");
      return {
        stop: async () => void did.push("stopped"),
        close: async () => void did.push("closed"),
      };
    },
    clock,
    patienceMs,
    onFailure: (error) => failures.push(error),
  });
  return { clock, did, failures, lease, work };
}

describe("work that one task of several does", () => {
  it("begins with the lease, is stopped before the lease is given back, and closes the rest when it is", async () => {
    const { clock, did, lease, work, failures } = world();
    work.start();
    clock.advance(1000);
    expect(did).to.deep.equal(["lease started"]);
    lease.held = "slot";
    clock.advance(100);
    await nextTurn();
    expect([work.isLeading, ...did]).to.deep.equal([true, "lease started", "begun"]);
    await work.stop();
    expect(did.slice(2)).to.deep.equal(["stopped", "lease given back", "closed"]);
    expect(failures).to.deep.equal([]);
  });

  it("ends the task that loses the lease in the middle of it", () => {
    const { clock, lease, work, failures } = world();
    work.start();
    lease.held = "slot";
    clock.advance(100);
    lease.held = undefined;
    clock.advance(100);
    expect(failures).to.have.length(1);
    expect(failures[0]).to.be.instanceOf(LeaseLost);
  });

  it("goes on for as long as it may where the lease cannot be renewed and nobody has taken it", async () => {
    const { clock, did, lease, work, failures } = world(1000);
    work.start();
    lease.held = "slot";
    clock.advance(100);
    await nextTurn();
    lease.held = undefined;
    clock.advance(900);
    expect([failures.length, work.isLeading]).to.deep.equal([0, true]);
    lease.held = "slot";
    clock.advance(100);
    lease.held = undefined;
    clock.advance(900);
    expect(failures).to.have.length(0);
    clock.advance(200);
    expect(failures[0]).to.be.instanceOf(LeaseLost);
    expect(did).to.deep.equal(["lease started", "begun"]);
  });

  it("ends at once where somebody else is seen to have taken it", () => {
    const { clock, lease, work, failures } = world(1000);
    work.start();
    lease.held = "slot";
    clock.advance(100);
    lease.held = undefined;
    lease.isTaken = true;
    clock.advance(100);
    expect(failures[0]).to.be.instanceOf(LeaseLost);
  });
});
