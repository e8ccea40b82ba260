import { expect } from "chai";
import { describe, it } from "mocha";
import { RULES, staleExceptions } from "./rules.ts";
import { sourceFile, sourceFiles } from "./source-files.ts";

describe("the source tree", () => {
  const files = sourceFiles();

  it("is read at all", () => {
    expect(files.length).to.be.greaterThan(200);
  });

  for (const rule of RULES) {
    it(`keeps the rule: ${rule.name}`, () => {
      expect(rule.check(files)).to.deep.equal([]);
    });

    it(`can break the rule: ${rule.name}`, () => {
      const bad = rule.bad.map(({ path, text }) => sourceFile(path, text));
      // Each sample alone where that means something; a cycle needs all of its files.
      const isWhole = rule.name.includes("cycles");
      const samples = isWhole ? [bad] : bad.map((file) => [file]);
      for (const sample of samples)
        expect(rule.check(sample), sample.map(({ text }) => text.slice(0, 80)).join("\n")).to.have.length(1);
    });
  }

  it("needs every exception that it makes", () => {
    expect(staleExceptions(files)).to.deep.equal([]);
  });

  it("may speak in comments of what code may not do", () => {
    const file = sourceFile(
      "services/x.ts",
      "// Date.now() would be wrong\n/* Math.random() too */\nconst x = 1;",
    );
    for (const rule of RULES) expect(rule.check([file])).to.deep.equal([]);
  });
});
