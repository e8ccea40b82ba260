import { expect } from "chai";
import { beforeEach, describe, it } from "mocha";
import { Breakable } from "#local/chaos/breakable.ts";
import type { Experiment, Stage } from "#local/chaos/experiment.ts";

describe("an experiment that is broken off", () => {
  let done: string[];
  let hurting: PromiseWithResolvers<void>;
  let healing: Promise<void>;
  const stage = {
    control: { endExperiment: async (name: string) => void done.push(`end ${name}`) },
  } as unknown as Stage;
  const inner: Experiment = {
    name: "partition",
    what: "all links are cut",
    notHere: () => undefined,
    hurt: async () => {
      await hurting.promise;
      done.push("hurt");
    },
    heal: async () => {
      done.push("heal");
      await healing;
    },
  };
  const rejection = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: Error) => error.message,
    );

  beforeEach(() => {
    done = [];
    hurting = Promise.withResolvers();
    healing = Promise.resolve();
  });

  it("is healed where it had hurt, and told to be over", async () => {
    const breakable = new Breakable(inner);
    hurting.resolve();
    await breakable.experiment.hurt(stage);
    expect(await breakable.breakOff(stage)).to.equal(undefined);
    expect(done).to.deep.equal(["hurt", "heal", "end partition"]);
  });

  it("is healed behind what it is hurting just now, also if that fails", async () => {
    for (const end of [() => hurting.resolve(), () => hurting.reject(new Error("half of it"))]) {
      done = [];
      hurting = Promise.withResolvers();
      const breakable = new Breakable(inner);
      const hurt = rejection(breakable.experiment.hurt(stage));
      const broken = breakable.breakOff(stage);
      expect(done, "it waits for that").to.deep.equal([]);
      end();
      await Promise.all([hurt, broken]);
      expect(done.filter((one) => one !== "hurt")).to.deep.equal(["heal", "end partition"]);
      expect(done.lastIndexOf("hurt")).to.be.below(done.indexOf("heal"));
    }
  });

  it("is not healed where it had not begun, or is healed already, and hurts nothing any more", async () => {
    hurting.resolve();
    const early = new Breakable(inner);
    await early.breakOff(stage);
    expect(await rejection(early.experiment.hurt(stage))).to.equal("it was broken off");
    const late = new Breakable(inner);
    await late.experiment.hurt(stage);
    await late.experiment.heal(stage);
    await late.breakOff(stage);
    expect(done).to.deep.equal(["end partition", "hurt", "heal", "end partition"]);
  });

  it("says why it could not be healed", async () => {
    healing = Promise.reject(new Error("the supervisor is gone"));
    hurting.resolve();
    const breakable = new Breakable(inner);
    await breakable.experiment.hurt(stage);
    expect(await breakable.breakOff(stage)).to.equal("Error: the supervisor is gone");
    expect(done).to.deep.equal(["hurt", "heal", "end partition"]);
  });
});
