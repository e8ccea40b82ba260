import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { SIMULATED_MUTATIONS } from "./mutations/mutations.ts";

describe("the ways in which npm run simulate -- --mutations breaks the code", () => {
  it("each have a name of their own", () => {
    const names = SIMULATED_MUTATIONS.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("still fit the code: what each replaces stands there exactly once, and is changed", () => {
    for (const { name, file, find, replace } of SIMULATED_MUTATIONS) {
      const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
      expect(text.split(find).length - 1, `${name}: in ${file}`).to.equal(1);
      expect(replace, name).not.to.equal(find);
    }
  });
});
