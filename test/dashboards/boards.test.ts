import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import type { Row } from "#dashboards/board.ts";
import { BOARDS } from "#dashboards/boards/boards.ts";
import { FRONT_PAGE } from "#dashboards/boards/front-page.ts";
import { generatedFiles } from "#dashboards/generated-files.ts";
import { grafanaDashboard } from "#dashboards/grafana-dashboard.ts";
import { runbookPage } from "#dashboards/runbook-page.ts";
import { TRACKS } from "#dashboards/timeline.ts";

const GENERATED = fileURLToPath(new URL("../../dashboards/generated", import.meta.url));
const PANELS = BOARDS.flatMap((board) =>
  board.rows.flatMap(({ panels }) =>
    panels.map((panel) => ({ ...panel, name: `${board.id}/${panel.id}`, board })),
  ),
);

describe("the dashboards", () => {
  it("ask a question in each panel, say what the answer means, and lead to a runbook", () => {
    for (const panel of PANELS) {
      expect(panel.title, panel.name).to.match(/^[A-Z].*\?$/);
      expect(panel.description, panel.name).to.match(/\.$/);
      expect(panel.unit, panel.name).not.to.equal("");
      expect(panel.queries, panel.name).not.to.have.length(0);
      expect(runbookPage(panel.board, panel, ALERTS), `${panel.name} has a runbook`).to.be.a("string");
    }
    const names = PANELS.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("have the panel that each alert names", () => {
    const names = new Set(PANELS.map(({ name }) => name));
    expect(ALERTS.filter(({ panel }) => !names.has(panel)).map(({ name }) => name)).to.deep.equal([]);
  });

  it("choose by Region, shard and market, and are linked to each other", () => {
    for (const board of BOARDS) {
      const { templating, links, panels } = grafanaDashboard(board, ALERTS, BOARDS);
      const variables = templating?.list?.map(({ name }) => name);
      expect(variables, board.id).to.include.members(["datasource", "region", "shard", "market"]);
      expect(links, board.id).to.have.length(BOARDS.length);
      const drawn = (panels ?? []).filter(({ type }) => type !== "row");
      expect(drawn, board.id).to.have.length(board.rows.flatMap((row) => row.panels).length);
    }
  });

  it("mark experiments, alerts, moves and silences on every board, by the queries of the operations page's timeline", () => {
    for (const board of BOARDS) {
      const marks = grafanaDashboard(board, ALERTS, BOARDS).annotations?.list ?? [];
      expect(
        marks.map(({ name, expr }) => ({ name, expr })),
        board.id,
      ).to.deep.equal(TRACKS.map(({ title, expr }) => ({ name: title, expr })));
    }
  });

  it("begin with a row for each Region", () => {
    const [row] = grafanaDashboard(FRONT_PAGE, ALERTS, BOARDS).panels ?? [];
    expect(row).to.include({ type: "row", title: "$region", repeat: "region" });
    const [{ panels, repeatBy }] = FRONT_PAGE.rows as [Row];
    expect(repeatBy).to.equal("region");
    for (const { queries } of panels)
      for (const { expr, legend } of queries) {
        expect(expr).to.match(/by \(([^)]*, )?region\)/);
        expect(legend).to.equal("{{region}}");
      }
  });

  it("leave nothing in the folder that the code does not make", () => {
    const files = readdirSync(GENERATED, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(GENERATED.length + 1));
    expect(files).to.have.members([...generatedFiles().keys()]);
  });
});
