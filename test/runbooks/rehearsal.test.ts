import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { runbookOf } from "#dashboards/alerts/alert.ts";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { COMMANDS } from "#runbooks/ops/commands/commands.ts";
import { becomes, becomesTrue } from "#test/support/becomes-true.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { freshAfterFailure } from "#test/support/fresh-after-failure.ts";
import { type PlatformProcess, startPlatformProcess, throwAway } from "#test/support/platform-process.ts";
import { CONDITIONS, STAYS } from "./conditions.ts";
import { SECTIONS, type Step, shows, stateOf, stepsOf } from "./runbook.ts";
import { scrapeAll } from "./samples.ts";
import { type Said, type Stage, stageOf } from "./stage.ts";
import { buildsMayBeFaulty } from "./states/faulty-build.ts";
import { CLOCKS_MAY_STAND } from "./states/standing-clock.ts";
import { STATES } from "./states/states.ts";

const FOLDER = fileURLToPath(new URL("../../runbooks/", import.meta.url));
const OPS = join(FOLDER, "ops", "main.ts");
const pages = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map((name) => ({ name: name.replace(/\.md$/, ""), text: readFileSync(join(FOLDER, name), "utf8") }));

describe("the runbooks' commands, in order, against three Regions", function () {
  this.timeout(150_000);
  const folders = temporaryFolders();
  const token = "operator-token-of-this-test";
  let dataFolder: string;
  let platform: PlatformProcess;
  let stage: Stage;

  freshAfterFailure({
    start: async () => {
      dataFolder = folders.make();
      const args = ["--port", "0", "--regions", "3", "--data", dataFolder, "--no-bots"];
      const builds = buildsMayBeFaulty(dataFolder);
      const env = {
        MERIDIAN_OPERATORS: `ada:${token}`,
        NODE_OPTIONS: `${CLOCKS_MAY_STAND} ${builds.option}`,
        ...builds.env,
      };
      platform = await startPlatformProcess(args, { env });
      stage = await stageOf(platform.url, dataFolder, token);
    },
    stop: async (how) => {
      if (how === "ill") await throwAway(platform, dataFolder);
      else await platform.kill("SIGTERM");
    },
    lastWords: () => platform.lastWords(),
  });
  after(() => folders.removeAll());

  const isOk = ({ code }: Said) => code === 0;
  const saysThatAllIsWell = () => becomes("npm run ops -- status", () => stage.ops("status"), isOk);

  /** As every page finds the platform, whatever the one before it did. */
  const begin = async () => {
    const home = "promote crypto-1 us-east-1";
    await becomes(home, () => stage.ops(home), isOk);
    await saysThatAllIsWell();
    await becomesTrue("all forks are reconciled", () => stage.isReconciled());
  };

  /** Asks again while a Region is not there yet, or what is shown has not come so far; what changes something is done once. */
  const runStep = async ({ args, expected }: Step) => {
    const line = args.join(" ");
    const changes = COMMANDS[args[0] ?? ""]?.isDangerous === true;
    const missing = ({ output }: Said) => expected.filter((one) => !shows(output, one));
    const isDone = (said: Said) => said.code !== 1 && (changes || missing(said).length === 0);
    const what = `npm run ops -- ${line} shows ${JSON.stringify(expected)}`;
    const said = await becomes(what, () => stage.ops(line), isDone);
    expect(missing(said), `${line}: ${said.output}`).to.deep.equal([]);
  };

  for (const alert of ALERTS) {
    const { name, text = "" } = pages.find((page) => page.name === runbookOf(alert)) ?? { name: "" };
    const state = stateOf(text);
    if (state === undefined) continue;
    it(`${name}: in the state that its alert tells of (${state.state}), and out of it`, async () => {
      const made = STATES[state.state];
      const condition = CONDITIONS[alert.name];
      expect([made, condition], "are checked in runbooks.test.ts").not.to.include(undefined);
      const isSo = async () => (await condition?.(await scrapeAll(stage.dataFolder), stage)) === true;
      await begin();
      let isOver = false;
      const end = async () => {
        if (!isOver) await made?.end(stage);
        isOver = true;
      };
      try {
        await made?.make(stage);
        await becomesTrue(`${alert.name} has its condition`, isSo);
        for (const step of stepsOf(text)) {
          const { until } = state;
          if (until !== undefined && SECTIONS.indexOf(step.section) >= SECTIONS.indexOf(until)) await end();
          await runStep(step);
        }
        await end();
        if (!STAYS.has(alert.name))
          await becomesTrue(`${alert.name} has no condition any more`, async () => !(await isSo()));
        await saysThatAllIsWell();
      } finally {
        await made?.leave?.();
      }
    });
  }

  for (const { name, text } of pages) {
    const steps = stepsOf(text);
    if (steps.length === 0 || stateOf(text) !== undefined) continue;
    it(`${name}: on a platform that is well`, async () => {
      await begin();
      for (const step of steps) await runStep(step);
    });
  }

  /** The program itself, with nobody who could be asked. */
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
      const all = { ...process.env, MERIDIAN_URL: platform.url, ...env };
      const child = execFile(process.execPath, [OPS, ...args], { env: all }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), output: out + err }),
      );
      child.stdin?.end();
    });
  const asOperator = { MERIDIAN_OPERATOR_TOKEN: token };

  it("ask for the operator's token before they change anything, and for a person who says yes", async () => {
    const halt = ["market", "halt", "BTCUSDT"];
    expect((await run([...halt, "--yes"])).output).to.include("MERIDIAN_OPERATOR_TOKEN");
    expect((await run(["queues"])).output).to.include("MERIDIAN_OPERATOR_TOKEN");
    expect((await run(halt, asOperator)).output).to.include("nobody is there to say yes");
    expect((await stage.ops("markets")).output).to.match(/BTCUSDT\s+TRADING/);
  });

  it("give programs JSON, also of what is refused, and an exit code that says whether all is well", async () => {
    const { code, output } = await run(["status", "--json"]);
    expect(code).to.equal(0);
    expect(JSON.parse(output).ok).to.equal(true);
    const refused = await run(["snapshot", "crypto-1", "--json"], { MERIDIAN_OPERATOR_TOKEN: "wrong" });
    expect(refused.code).to.equal(1);
    expect(JSON.parse(refused.output).error.code).to.equal(-1002);
  });

  it("are in the audit trail, by the operator's name, in whichever Region they were carried out", async () => {
    await stage.ops("market pause BTCUSDT");
    await stage.ops("market resume BTCUSDT");
    const { output } = await stage.ops("audit --limit 500");
    expect(output).to.match(/ada\s+\S+\s+\S+\s+marketState\s+\{"state":"BREAK","symbol":"BTCUSDT"\}\s+done/);
    expect(output).to.match(/ada\s+\S+\s+\S+\s+promote\s/);
  });
});
