import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { EventQueue } from "./time/event-queue.ts";
import { VirtualTime } from "./time/virtual-time.ts";

describe("virtual time", () => {
  it("gives events by time, and those of one time in the order in which they were added", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (times) => {
        const queue = new EventQueue();
        for (const at of times) queue.add(at, () => {});
        const given = times.map(() => queue.take()).map((event) => [event?.at ?? -1, event?.order ?? -1]);
        const expected = times.map((at, order) => [at, order]).toSorted(([a = 0], [b = 0]) => a - b);
        expect(given).to.deep.equal(expected);
        expect(queue.take()).to.equal(undefined);
      }),
    );
  });

  it("does all that follows from an event before the next one, however many awaits it takes", async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        const time = new VirtualTime();
        time.schedule(1, async () => {
          for (let step = 0; step < 500; step++) await null;
          order.push("first");
        });
        time.schedule(1, () => void order.push("second"));
        while (time.step());
        resolve();
      });
    });
    expect(order).to.deep.equal(["first", "second"]);
  });

  it("passes over what was canceled", () => {
    const time = new VirtualTime();
    const event = time.schedule(1, () => {
      throw new Error("it was canceled");
    });
    event.task = undefined;
    expect(time.step()).to.equal(false);
  });
});
