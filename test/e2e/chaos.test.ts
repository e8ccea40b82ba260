import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import type { ExperimentReport } from "#local/chaos/report/summary.ts";
import { temporaryFolders } from "#test/support/folders.ts";

const MAIN = fileURLToPath(new URL("../../local/chaos/main.ts", import.meta.url));

describe("npm run chaos", function () {
  this.timeout(180_000);
  const folders = temporaryFolders();

  after(() => folders.removeAll());

  it("kills a zone of a platform under load, and finds every order of every client there once", async () => {
    const [data, reports] = [folders.make(), folders.make()];
    const args = ["run", "zone-loss", "--for", "2s", "--load", "20", "--regions", "1", "--accounts", "5"];
    const { stdout } = await promisify(execFile)(process.execPath, [
      MAIN,
      ...args,
      "--data",
      join(data, "platform"),
      "--reports",
      reports,
    ]);
    expect(stdout).to.match(/^zone-loss .*held$/m);
    const report = JSON.parse(readFileSync(join(reports, "zone-loss.json"), "utf8")) as ExperimentReport;
    expect(report.audit).to.deep.include({ lost: [], doubled: [], wrongBalances: [], unknown: 0 });
    expect(report.audit?.acknowledged).to.be.greaterThan(100);
    expect(report.passed).to.equal(true);
    expect(existsSync(join(reports, "index.html"))).to.equal(true);
    expect(existsSync(join(data, "platform", "control.json")), "the platform was stopped again").to.equal(
      false,
    );
  });
});
