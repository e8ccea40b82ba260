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
    const { report, data, reports } = await run("zone-loss", "2s", "20");
    expect(report.platform).to.deep.include({ tapeDivergences: 0, ownerChanges: [] });
    expect(report.platform?.failoverMsMax).to.be.greaterThan(0);
    expect(report.audit).to.deep.include({
      lost: [],
      doubled: [],
      wrongBalances: [],
      differingTrades: [],
      unknown: 0,
    });
    expect(report.audit?.acknowledged).to.be.greaterThan(100);
    expect(report.passed).to.equal(true);
    expect(existsSync(join(reports, "index.html"))).to.equal(true);
    expect(existsSync(join(data, "platform", "control.json")), "the platform was stopped again").to.equal(
      false,
    );
  });

  it("throttles the journal until admission control refuses, and finds nothing lost for it", async () => {
    const { report } = await run("store-throttle", "10s", "40");
    expect(report.platform?.backpressure).to.equal("refusing");
    expect(report.platform?.queuedEventsMax).to.be.greaterThan(20);
    expect(report.phases?.during.toldToWait).to.be.greaterThan(0);
    expect(report.audit).to.deep.include({
      lost: [],
      doubled: [],
      wrongBalances: [],
      differingTrades: [],
      unknown: 0,
    });
    expect(report.passed).to.equal(true);
  });

  /** One Region, a few clients, an experiment: what it reports. */
  async function run(name: string, time: string, load: string) {
    const [data, reports] = [folders.make(), folders.make()];
    const args = ["run", name, "--for", time, "--load", load, "--regions", "1", "--accounts", "6"];
    const { stdout } = await promisify(execFile)(process.execPath, [
      MAIN,
      ...args,
      "--data",
      join(data, "platform"),
      "--reports",
      reports,
    ]);
    expect(stdout).to.match(new RegExp(`^${name} .*held$`, "m"));
    const report = JSON.parse(readFileSync(join(reports, `${name}.json`), "utf8")) as ExperimentReport;
    return { report, data, reports };
  }
});
