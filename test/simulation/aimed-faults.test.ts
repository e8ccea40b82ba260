import { expect } from "chai";
import { describe, it } from "mocha";
import { SEED } from "#test/support/seed.ts";
import { SimulatedRandom } from "./chance/simulated-random.ts";
import { DEFAULT_CLUSTER } from "./default-cluster.ts";
import { Course } from "./faults/aimed/course.ts";
import { runSeed } from "./run-seed.ts";
import { scenarioOf } from "./scenario.ts";
import { VirtualTime } from "./time/virtual-time.ts";

describe("the course of a fault", () => {
  /** In a turn of its own, for microtasks are drained by the time itself. */
  const run = (story: (time: VirtualTime, course: Course, done: string[]) => void) =>
    new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        const time = new VirtualTime();
        try {
          story(time, new Course(time), []);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  const runUntil = (time: VirtualTime, at: number) => {
    while ((time.nextAt() ?? Number.POSITIVE_INFINITY) <= at) time.step();
  };

  it("takes its steps while it goes on, and none behind its end", () =>
    run((time, course, done) => {
      course.later(10, () => done.push("a step"));
      course.every(
        () => 20,
        () => done.push(`at ${time.now}`),
      );
      runUntil(time, 45);
      course.end();
      runUntil(time, 500);
      expect(done).to.deep.equal(["at 0", "a step", "at 20", "at 40"]);
    }));

  it("takes back what it did once: after its time, when asked to, or at the end", () =>
    run((time, course, done) => {
      course.undoAfter(10, () => done.push("after its time"));
      const early = course.undoAfter(100, () => done.push("when asked to"));
      course.undoAfter(1000, () => done.push("at the end"));
      course.hold({ cancel: () => done.push("canceled") });
      runUntil(time, 50);
      early();
      early();
      course.end();
      course.end();
      runUntil(time, 5000);
      expect(done).to.deep.equal(["after its time", "when asked to", "at the end", "canceled"]);
    }));
});

describe("faults aimed at moments", () => {
  it("meet their moments: a run that has nothing else moves, cuts off and restarts Regions, and comes to rest", async function () {
    this.timeout(120_000);
    const seed = seedAimedOnly(SEED);
    const lines: string[] = [];
    const options = { ...DEFAULT_CLUSTER, seconds: 60, maxSteps: 2 ** 31 - 1 };
    const result = await runSeed(seed, { ...options, listener: (line) => lines.push(line) });
    expect(result.failure?.message, `seed ${seed}`).to.equal(undefined);
    const begun = lines.filter((line) => line.includes("  fault: "));
    expect(begun, `seed ${seed}`).not.to.deep.equal([]);
    expect(lines.some((line) => line.includes("  is moved  "))).to.equal(true);
  });
});

/** The first seed at or behind one whose faults are all aimed. */
function seedAimedOnly(first: number): number {
  const options = { regions: 3, shards: 2, seconds: 60 };
  for (let seed = first; ; seed++)
    if (scenarioOf(seed, new SimulatedRandom(seed), options).aim === "only") return seed;
}
