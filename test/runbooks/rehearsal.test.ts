import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { runbookOf } from "#dashboards/alerts/alert.ts";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { COMMANDS } from "#runbooks/ops/commands/commands.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { type PlatformProcess, startPlatformProcess } from "#test/support/platform-process.ts";
import { CONDITIONS, STAYS } from "./conditions.ts";
import { SECTIONS, type Step, shows, stateOf, stepsOf } from "./runbook.ts";
import { scrapeAll } from "./samples.ts";
import { type Said, type Stage, stageOf } from "./stage.ts";
import { STATES } from "./states/states.ts";

const FOLDER = fileURLToPath(new URL("../../runbooks/", import.meta.url));
const OPS = join(FOLDER, "ops", "main.ts");
const pages = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map((name) => ({ name: name.replace(/\.md$/, ""), text: readFileSync(join(FOLDER, name), "utf8") }));

describe("the runbooks' commands, in order, against three Regions", function () {
  this.timeout(300_000);
  const folders = temporaryFolders();
  const token = "operator-token-of-this-test";
  let platform: PlatformProcess;
  let stage: Stage;

  before(async () => {
    const dataFolder = folders.make();
    process.env.MERIDIAN_OPERATORS = `ada:${token}`;
    const args = ["--port", "0", "--regions", "3", "--data", dataFolder, "--no-bots"];
    platform = await startPlatformProcess(args);
    stage = await stageOf(platform.url, dataFolder, token);
  });
  after(async () => {
    await platform?.kill("SIGTERM");
    delete process.env.MERIDIAN_OPERATORS;
    folders.removeAll();
  });

  /** As every page finds the platform, whatever the one before it did. */
  const begin = async () => {
    await becomesTrue(async () => (await stage.ops("promote crypto-1 us-east-1")).code === 0);
    await becomesTrue(async () => (await stage.ops("status")).code === 0);
    await becomesTrue(() => stage.isReconciled());
  };

  /** Asks again while a Region is not there yet, or what is shown has not come so far; what changes something is done once. */
  const runStep = async ({ args, expected }: Step) => {
    const line = args.join(" ");
    const changes = COMMANDS[args[0] ?? ""]?.isDangerous === true;
    let said: Said = { code: 1, output: "" };
    const isShown = () => expected.every((one) => shows(said.output, one));
    const end = Date.now() + PATIENCE_MS;
    do said = await stage.ops(line);
    while (Date.now() < end && (said.code === 1 || (!changes && !isShown())));
    expect(said.code, `${line}: ${said.output}`).not.to.equal(1);
    for (const one of expected)
      expect(shows(said.output, one), `${line} shows "${one}":\n${said.output}`).to.equal(true);
  };

  for (const alert of ALERTS) {
    const { name, text = "" } = pages.find((page) => page.name === runbookOf(alert)) ?? { name: "" };
    const state = stateOf(text);
    if (state?.kind !== "made") continue;
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
        await becomesTrue(isSo);
        for (const step of stepsOf(text)) {
          const { until } = state;
          if (until !== undefined && SECTIONS.indexOf(step.section) >= SECTIONS.indexOf(until)) await end();
          await runStep(step);
        }
      } finally {
        await end();
      }
      if (!STAYS.has(alert.name)) await becomesTrue(async () => !(await isSo()));
      await becomesTrue(async () => (await stage.ops("status")).code === 0);
    });
  }

  for (const { name, text } of pages) {
    const steps = stepsOf(text);
    if (steps.length === 0 || stateOf(text)?.kind === "made") continue;
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

/** A takeover, a heal or a replay on a busy machine. */
const PATIENCE_MS = 90_000;
