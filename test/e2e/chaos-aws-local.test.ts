import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import type { ExperimentReport } from "#local/chaos/report/summary.ts";
import { isDynamoDbHere } from "#test/contract/support/dynamodb-here.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { freshAfterFailure } from "#test/support/fresh-after-failure.ts";
import { type PlatformProcess, startPlatformProcess, throwAway } from "#test/support/platform-process.ts";

const MAIN = fileURLToPath(new URL("../../local/chaos/main.ts", import.meta.url));
/** What an audit says where nothing was lost, doubled or wrong. */
const ALL_WELL = { lost: [], doubled: [], wrongBalances: [], differingTrades: [], unknown: 0 };

if (isDynamoDbHere())
  describe("npm run chaos on AWS's adapters (--backend aws-local)", function () {
    this.timeout(180_000);
    const folders = temporaryFolders();
    const reports = folders.make();
    let data: string;
    let platform: PlatformProcess;

    freshAfterFailure({
      start: async () => {
        data = folders.make();
        const form = ["--backend", "aws-local", "--regions", "1", "--port", "0", "--no-bots"];
        platform = await startPlatformProcess([...form, "--data", data]);
      },
      stop: () => throwAway(platform, data),
      lastWords: () => platform.lastWords(),
    });
    after(() => folders.removeAll());

    it("kills Redis under load: no socket closes, and a follower of the feeds has every trade in the end", async () => {
      const { audit, found, passed } = await run("fanout-loss");
      expect(found?.problems).to.deep.equal([]);
      expect(found?.facts.join()).to.match(/a follower of its gateway: [1-9]\d* trades, [1-9]\d* gaps/);
      expect(audit).to.deep.include(ALL_WELL);
      expect(passed).to.equal(true);
    });

    it("kills PostgreSQL under load: trading goes on, and the books agree with the engine afterwards", async () => {
      const { audit, found, phases, passed } = await run("ledger-failover");
      expect(found?.problems).to.deep.equal([]);
      expect(found?.facts.join()).to.include(
        "the ledger of us-east-1 agreed with its engine in all 6 accounts",
      );
      expect(phases?.during.answered).to.be.greaterThan(0);
      expect(audit).to.deep.include(ALL_WELL);
      expect(passed).to.equal(true);
    });

    it("throttles the journal's table with DynamoDB's own error: admission control refuses, and nothing is lost", async () => {
      const { audit, platform: seen, passed } = await run("store-throttle");
      expect(seen?.backpressure).to.equal("refusing");
      expect(audit).to.deep.include(ALL_WELL);
      expect(passed).to.equal(true);
    });

    async function run(name: string): Promise<ExperimentReport> {
      const args = ["run", name, "--for", "4s", "--load", "10", "--accounts", "6"];
      const { stdout } = await promisify(execFile)(process.execPath, [
        MAIN,
        ...args,
        "--data",
        data,
        "--reports",
        reports,
      ]);
      expect(stdout).to.match(new RegExp(`^${name}: .*held$`, "m"));
      return JSON.parse(readFileSync(join(reports, `${name}.json`), "utf8")) as ExperimentReport;
    }
  });
