import { expect } from "chai";
import { describe, it } from "mocha";
import { Generations } from "#shared/telemetry/generations.ts";

describe("a bounded memory of what is new", () => {
  it("always has the newer half, and never more than its bound", () => {
    const memory = new Generations<number>(4);
    for (let at = 0; at < 9; at++) {
      memory.set(`k${at}`, at);
      expect(memory.size).to.be.at.most(4);
      for (const newer of [at, at - 1]) if (newer >= 0) expect(memory.get(`k${newer}`)).to.equal(newer);
    }
    expect(memory.get("k0")).to.equal(undefined);
  });

  it("has the newest value of what was set again", () => {
    const memory = new Generations<number>(4);
    for (const [key, value] of [
      ["a", 1],
      ["b", 1],
      ["c", 1],
      ["a", 2],
    ] as const)
      memory.set(key, value);
    expect(memory.get("a")).to.equal(2);
  });
});
