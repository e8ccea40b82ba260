import type { Panel } from "#dashboards/board.ts";
import type { BoardAnswer } from "#shared/protocol/ops-messages.ts";
import { valueAt } from "../chart/chart-scale.ts";
import { SparkLine } from "../chart/spark-line.tsx";
import { valueText } from "../chart/value-text.ts";
import { runbookAddress } from "../state/use-route.ts";

/** A Region as the edge tells of it. */
export interface EdgeRegionHealth {
  readonly region: string;
  readonly healthy: boolean;
  readonly reasons: readonly string[];
}

export interface RegionRowsProps {
  readonly panels: readonly Panel[];
  readonly regions: readonly EdgeRegionHealth[];
  readonly answer: BoardAnswer | undefined;
  readonly runbookOfPanel: (panel: Panel) => string | undefined;
}

/** A row for each Region: whether clients are taken to it, and the answers to the front page's questions for it alone. */
export function RegionRows({ panels, regions, answer, runbookOfPanel }: RegionRowsProps) {
  return (
    <section aria-label="Regions">
      <h2 className="section">Regions</h2>
      {regions.length === 0 && <p className="empty">The edge has not told of any Region yet.</p>}
      <ul className="region-rows">
        {regions.map(({ region, healthy, reasons }) => (
          <li key={region} className="panel" data-region={region} data-healthy={healthy}>
            <div className="region-name">
              <b>{region}</b>
              <span className="health">
                <i />{" "}
                {healthy
                  ? "takes clients"
                  : `takes no clients${reasons.length > 0 ? `: ${reasons.join(", ")}` : ""}`}
              </span>
            </div>
            <dl>
              {panels.map((panel) => (
                <RegionFigure key={panel.id} {...{ panel, region, answer }} runbook={runbookOfPanel(panel)} />
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RegionFigure({
  panel,
  region,
  answer,
  runbook,
}: {
  readonly panel: Panel;
  readonly region: string;
  readonly answer: BoardAnswer | undefined;
  readonly runbook: string | undefined;
}) {
  const told = answer?.panels[panel.id];
  const line =
    told !== undefined && "lines" in told
      ? told.lines.find(({ labels }) => labels.region === region)
      : undefined;
  const value =
    line === undefined || answer === undefined ? undefined : valueAt(line, answer.to, answer.stepSeconds);
  const isOver = value !== undefined && panel.limit !== undefined && value >= panel.limit;
  return (
    <div data-over={isOver} title={panel.description}>
      <dt>{runbook === undefined ? panel.title : <a href={runbookAddress(runbook)}>{panel.title}</a>}</dt>
      <dd className="num">
        {answer === undefined ? "…" : value === undefined ? "no data" : valueText(value, panel.unit)}
      </dd>
      {line !== undefined && answer !== undefined && <SparkLine line={line} range={answer} />}
    </div>
  );
}
