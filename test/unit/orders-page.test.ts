import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import { tablesOf } from "#test/support/markdown-tables.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("docs/orders.md", () => {
  const tables = tablesOf(readFileSync(join(ROOT, "docs/orders.md"), "utf8"));
  const lines = tables.get("What they do")?.rows ?? [];

  it("names a test for each line, and each named test exists", () => {
    expect(lines).not.to.have.length(0);
    for (const { what, test = "" } of lines) {
      const [file = "", sentence = ""] = test.split(/: (.*)/);
      expect(existsSync(join(ROOT, file)), `${what}: ${file}`).to.equal(true);
      expect(readFileSync(join(ROOT, file), "utf8"), what).to.include(`it("${sentence}"`);
    }
  });

  it("links each rule to a section of the page of the rules", () => {
    const rules = readFileSync(join(ROOT, "docs/engine-rules.md"), "utf8");
    const anchors = [...rules.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const { what, rule = "" } of lines) {
      const anchor = /engine-rules\.md#([\w-]+)/.exec(rule)?.[1];
      if (anchor !== undefined) expect(anchors, what).to.include(anchor);
    }
  });
});
