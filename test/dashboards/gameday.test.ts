import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { writeGameDay } from "#local/gameday/report/write-gameday.ts";
import { runGameDay } from "#local/gameday/run-gameday.ts";
import { temporaryFolders } from "#test/support/folders.ts";

describe("a short game day, against three real Regions", function () {
  this.timeout(240_000);
  const folders = temporaryFolders();
  after(() => folders.removeAll());

  it("loses a zone in every Region, and the alert fires that must", async () => {
    const folder = folders.make();
    const reports = join(folder, "reports");
    const options = {
      ...({ kind: "run", names: ["zone-loss"], forSeconds: undefined, load: 20, accounts: 3 } as const),
      ...{ dataFolder: join(folder, "data"), reports },
    };
    const said: string[] = [];
    const day = await runGameDay(options, {
      say: (text) => said.push(text),
      onProgress: (soFar) => writeGameDay(reports, soFar),
      signal: new AbortController().signal,
    });
    const [rehearsed] = day.experiments;
    const fired = rehearsed?.alerts.find(({ name }) => name === "ZoneFailover");
    expect(fired?.verdict, said.join("")).to.equal("fired");
    expect(fired?.firedAfter).to.be.greaterThan(0);
    expect(rehearsed?.report.passed).to.equal(true);
    expect(readFileSync(join(reports, "results.md"), "utf8")).to.include("ZoneFailover");
    expect(existsSync(join(reports, "index.html"))).to.equal(true);
  });
});
