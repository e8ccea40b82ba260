import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { MUTATIONS } from "#test/mutations/mutations.ts";

describe("the ways in which npm run mutate breaks the engine", () => {
  it("are many, and each has a name of its own", () => {
    expect(MUTATIONS.length).to.be.at.least(20);
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).to.equal(MUTATIONS.length);
  });

  it("still fit the engine: what each replaces stands there exactly once, and is changed", () => {
    for (const { name, file, find, replace } of MUTATIONS) {
      const text = readFileSync(new URL(`../../services/matching/${file}`, import.meta.url), "utf8");
      expect(text.split(find).length - 1, `${name}: in ${file}`).to.equal(1);
      expect(replace, name).not.to.equal(find);
    }
  });
});
