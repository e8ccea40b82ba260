import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { runbookOf } from "#dashboards/alerts/alert.ts";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { BOARDS } from "#dashboards/boards/boards.ts";
import { runbookPage } from "#dashboards/runbook-page.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { type PlatformProcess, startPlatformProcess } from "#test/support/platform-process.ts";
import { queryOf, shows, stepsOf } from "./runbook.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(ROOT, "runbooks");
const OPS = join(FOLDER, "ops", "main.ts");
const SECTIONS = [
  "What it means",
  "Who feels what",
  "The first five minutes",
  "Diagnosis",
  "Mitigation",
  "What not to do",
  "What must hold afterwards",
  "Rollback",
  "Escalation, and what to tell customers",
  "Why this threshold",
  "Last rehearsal",
];

const pages = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map((name) => ({ name: name.replace(/\.md$/, ""), text: readFileSync(join(FOLDER, name), "utf8") }));
const textOf = (name: string) => pages.find((page) => page.name === name)?.text ?? "";
const alertPages = ALERTS.map((alert) => ({ alert, text: textOf(runbookOf(alert)) }));

describe("the runbooks", () => {
  it("are one for each alert, with every section that somebody needs at night", () => {
    for (const { alert, text } of alertPages) {
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings, alert.name).to.deep.equal(SECTIONS);
      expect(text.startsWith(`# ${alert.name}\n`), alert.name).to.equal(true);
    }
  });

  it("say of their alert what the rule says", () => {
    for (const { alert, text } of alertPages) {
      expect(queryOf(text), alert.name).to.equal(alert.expr);
      expect(text, alert.name).to.include(alert.description).and.to.include(alert.rationale);
    }
  });

  it("are all listed, and every panel leads to one of them", () => {
    const index = readFileSync(join(FOLDER, "README.md"), "utf8");
    const listed = [...index.matchAll(/\]\(([a-z0-9-]+)\.md\)/g)].map(([, name]) => name);
    expect(listed).to.have.members(pages.map(({ name }) => name));
    for (const board of BOARDS) {
      for (const panel of board.rows.flatMap((row) => row.panels)) {
        expect(textOf(runbookPage(board, panel, ALERTS) ?? ""), `${board.id}/${panel.id}`).not.to.equal("");
      }
    }
  });

  describe("run, in order, against three Regions", function () {
    this.timeout(120_000);
    const folders = temporaryFolders();
    const token = "operator-token-of-this-test";
    let platform: PlatformProcess;

    before(async () => {
      process.env.MERIDIAN_OPERATOR_TOKEN = token;
      platform = await startPlatformProcess([
        "--port",
        "0",
        "--regions",
        "3",
        "--data",
        folders.make(),
        "--no-bots",
      ]);
    });
    after(async () => {
      await platform?.kill("SIGTERM");
      delete process.env.MERIDIAN_OPERATOR_TOKEN;
      folders.removeAll();
    });

    /** As the page has it; nobody is there to be asked. */
    const ops = (args: readonly string[]) =>
      new Promise<{ code: number; output: string }>((resolve) => {
        const env = { ...process.env, MERIDIAN_URL: platform.url, MERIDIAN_OPERATOR_TOKEN: token };
        execFile(process.execPath, [OPS, ...args, "--yes"], { env }, (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
        );
      });

    for (const { name, text } of pages) {
      const steps = stepsOf(text);
      if (steps.length === 0) continue;
      it(`${name}: its commands do what it says`, async () => {
        // Wherever the page before it, or a takeover on a busy machine, left it.
        const begun = await ops(["promote", "crypto-1", "us-east-1"]);
        expect(begun.code, begun.output).to.equal(0);
        for (const { args, expected } of steps) {
          const { code, output } = await ops(args);
          expect(code, `${args.join(" ")}: ${output}`).not.to.equal(1);
          for (const line of expected) {
            expect(shows(output, line), `${args.join(" ")} shows "${line}":\n${output}`).to.equal(true);
          }
        }
      });
    }

    it("ask for the operator's token before they change anything, and for a person who says yes", async () => {
      const env: NodeJS.ProcessEnv = { ...process.env, MERIDIAN_URL: platform.url };
      delete env.MERIDIAN_OPERATOR_TOKEN;
      const run = (args: readonly string[]) =>
        new Promise<string>((resolve) => {
          const child = execFile(process.execPath, [OPS, ...args], { env }, (_error, out, err) =>
            resolve(out + err),
          );
          child.stdin?.end();
        });
      const halt = ["market", "halt", "BTCUSDT"];
      expect(await run([...halt, "--yes"])).to.include("MERIDIAN_OPERATOR_TOKEN");
      expect(await run(halt)).to.include("nobody is there to say yes");
      expect((await ops(["markets"])).output).to.match(/BTCUSDT\s+TRADING/);
    });

    it("give programs JSON, and an exit code that says whether all is well", async () => {
      const { code, output } = await ops(["status", "--json"]);
      expect(code).to.equal(0);
      expect(JSON.parse(output).ok).to.equal(true);
    });
  });
});
