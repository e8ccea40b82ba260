import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  AnnotationQueryBuilder,
  ConstantVariableBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel as GrafanaPanel,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Alert } from "./alerts/alert.ts";
import type { Board, Panel } from "./board.ts";
import { runbookPage } from "./runbook-page.ts";
import { TRACKS } from "./timeline.ts";
import { VARIABLES } from "./variables.ts";

const DATASOURCE = { type: "prometheus", uid: "$datasource" };
/** Where Grafana's readers find this repository's runbooks: a variable, set where the dashboards are provisioned. */
const RUNBOOKS = "$runbooks";
/** Of Grafana's 24 columns. */
const COLUMNS = 24;
const ROW_HEIGHT = 8;

/** A dashboard as Grafana takes it. Every panel links to its runbook. */
export function grafanaDashboard(
  board: Board,
  alerts: readonly Alert[],
  boards: readonly Board[],
): Dashboard {
  const dashboard = new DashboardBuilder(board.title)
    .uid(`meridian-${board.id}`)
    .description(board.description)
    .tags(["meridian"])
    .timezone("utc")
    .refresh("10s")
    .time({ from: "now-1h", to: "now" })
    .withVariable(new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"))
    .withVariable(new ConstantVariableBuilder("runbooks").value("/runbooks"))
    .links(
      boards.map(({ id, title }) =>
        new DashboardLinkBuilder(title)
          .type(DashboardLinkType.Link)
          .url(`/d/meridian-${id}`)
          .includeVars(true)
          .keepTime(true),
      ),
    );
  for (const { name, label, of } of VARIABLES) {
    dashboard.withVariable(
      new QueryVariableBuilder(name)
        .label(label)
        .query(`label_values(${of}, ${name})`)
        .datasource(DATASOURCE)
        .multi(true)
        .includeAll(true)
        .allValue(".*"),
    );
  }
  for (const { id, title, expr, text, color } of TRACKS) {
    dashboard.annotation(
      new AnnotationQueryBuilder()
        .name(title)
        .datasource(DATASOURCE)
        .enable(id === "experiments" || id === "ownership")
        .iconColor(color)
        .expr(expr)
        .titleFormat(text)
        .step("10s"),
    );
  }
  for (const { title, panels, repeatBy } of board.rows) {
    const row = new RowBuilder(title);
    if (repeatBy !== undefined) row.repeat(repeatBy);
    dashboard.withRow(row);
    for (const panel of panels) {
      dashboard.withPanel(panelOf(panel, COLUMNS / panels.length, runbookPage(board, panel, alerts)));
    }
  }
  return dashboard.build();
}

function panelOf(panel: Panel, span: number, runbook: string | undefined): Builder<GrafanaPanel> {
  const { title, description, unit, queries, kind = "timeseries", limit } = panel;
  const builder = kind === "stat" ? new StatBuilder() : new TimeseriesBuilder().fillOpacity(8).lineWidth(2);
  builder
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(DATASOURCE)
    .span(Math.floor(span))
    .height(ROW_HEIGHT)
    .min(0)
    .links([
      new DashboardLinkBuilder("Runbook")
        .type(DashboardLinkType.Link)
        .url(`${RUNBOOKS}/${runbook}.md`)
        .targetBlank(true),
    ]);
  if (limit !== undefined) {
    const steps = [
      { value: null, color: "green" },
      { value: limit, color: "red" },
    ];
    builder.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
  }
  for (const [at, { expr, legend }] of queries.entries()) {
    builder.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode(65 + at))
        .expr(expr)
        .legendFormat(legend),
    );
  }
  return builder;
}
