import { expect } from "chai";
import { describe, it } from "mocha";
import { Generations } from "#shared/telemetry/generations.ts";

describe("a bounded memory of what is new", () => {
  it("always has the newer half, never more than its bound, and tells what it forgets for want of room", () => {
    const forgotten: string[] = [];
    const memory = new Generations<number>(4, (old) => forgotten.push(...old.keys()));
    for (let at = 0; at < 9; at++) {
      memory.set(`k${at}`, at);
      expect(memory.size).to.be.at.most(4);
      for (const newer of [at, at - 1]) if (newer >= 0) expect(memory.get(`k${newer}`)).to.equal(newer);
    }
    expect(memory.get("k0")).to.equal(undefined);
    expect(forgotten).to.deep.equal(["k0", "k1", "k2", "k3", "k4", "k5"]);
  });

  it("has the newest value of what was set again, and nothing of what was deleted", () => {
    const memory = new Generations<number>(4);
    memory.set("a", 1);
    memory.turn();
    memory.set("a", 2);
    expect(memory.get("a")).to.equal(2);
    memory.delete("a");
    expect(memory.get("a")).to.equal(undefined);
  });

  it("forgets by age where its owner turns it: what is old at the second turn", () => {
    const forgotten: string[] = [];
    const memory = new Generations<number>(4, (old) => forgotten.push(...old.keys()));
    memory.set("a", 1);
    memory.turn();
    expect(memory.get("a")).to.equal(1);
    memory.turn();
    expect(memory.get("a")).to.equal(undefined);
    expect(forgotten, "that was no want of room").to.deep.equal([]);
  });
});
