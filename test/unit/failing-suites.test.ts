import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { before, describe, it } from "mocha";

const MOCHA = fileURLToPath(new URL("../../node_modules/mocha/bin/mocha.js", import.meta.url));
const HOOKS = "test/support/root-hooks.ts";
const SUITES = "test/fixtures/failing-suites.ts";

describe("a test that fails", function () {
  this.timeout(60_000);
  let said: string;

  before(() => {
    const args = [
      MOCHA,
      "--no-config",
      "--no-color",
      "--timeout",
      "5000",
      "--require",
      HOOKS,
      "--reporter",
      "spec",
      SUITES,
    ];
    said = spawnSync(process.execPath, args, { encoding: "utf8" }).stdout;
  });

  it("says what it waited for, and waits no more while others run", () => {
    expect(said).to.include("was waiting for: () => ++asked < 0; last answer: false");
    const asked = [...said.matchAll(/^asked: (\d+)$/gm)].map(([, count]) => Number(count));
    expect(asked).to.have.length(2);
    expect(asked[0]).to.equal(asked[1]);
  });

  it("shows the last answer where the time is over", () => {
    expect(said).to.include("never so within 20 ms: the stage has three doors; last answer: { doors: 2 }");
  });

  it("leaves nothing to the next: what they share is thrown away, and begins anew", () => {
    const lines = said.split("\n").filter((line) => /^stage|last words|of stage/.test(line.trim()));
    expect(lines.map((line) => line.trim())).to.deep.equal([
      "stage 1 starts",
      "the platform's last words:",
      "of stage 1",
      "stage 1 stops, ill",
      "stage 2 starts",
      "the platform's last words:",
      "of stage 2",
      "stage 2 stops, ill",
    ]);
  });

  it("ends its own story, and no other", () => {
    expect(said).not.to.include("goes on");
    expect(said).to.include("another is told");
    expect(said).to.include('there is nothing to go on from: "breaks off" failed');
  });
});
