import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import { runbookOf } from "#dashboards/alerts/alert.ts";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { BOARDS } from "#dashboards/boards/boards.ts";
import { runbookPage } from "#dashboards/runbook-page.ts";
import { CONDITIONS } from "./conditions.ts";
import { bodyOf, queryOf, SECTIONS, stateOf } from "./runbook.ts";
import { STATES } from "./states/states.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(ROOT, "runbooks");

const SEVERITIES = { page: "**Pages.**", ticket: "**Ticket.**", none: "**Fires always.**" } as const;
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
      expect(bodyOf(text).startsWith(`# ${alert.name}\n`), alert.name).to.equal(true);
    }
  });

  it("say of their alert what the rule says", () => {
    for (const { alert, text } of alertPages) {
      expect(queryOf(text), alert.name).to.equal(alert.expr);
      expect(text, alert.name).to.include(alert.description).and.to.include(alert.rationale);
      expect(text, alert.name).to.include(SEVERITIES[alert.severity]);
      const [board, panel] = alert.panel.split("/");
      const since = alert.for === undefined ? "" : `For ${alert.for}. `;
      expect(text, alert.name).to.include(
        `\n${since}Seen on the dashboard \`${board}\`, panel \`${panel}\`.\n`,
      );
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

  it("say in which state of the platform they are run: that which their alert tells of", () => {
    const used = new Set<string>();
    for (const { alert, text } of alertPages) {
      const state = stateOf(text);
      if (state === undefined) throw new Error(`${alert.name} says nothing of its state`);
      used.add(state.state);
      expect(STATES, alert.name).to.have.property(state.state);
      expect(CONDITIONS, alert.name).to.have.property(alert.name);
      if (state.until !== undefined) expect(SECTIONS, alert.name).to.include(state.until);
    }
    expect([...used]).to.have.members(Object.keys(STATES));
    for (const { name, text } of pages)
      if (!alertPages.some((page) => page.text === text)) expect(stateOf(text), name).to.equal(undefined);
  });
});
