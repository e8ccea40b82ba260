import type { Panel } from "#dashboards/board.ts";
import type { BoardAnswer, PanelAnswer, TimelineEvent } from "#shared/protocol/ops-messages.ts";
import { Skeleton } from "../../parts/skeleton.tsx";
import { LineChart } from "../chart/line-chart.tsx";
import { runbookAddress } from "../state/use-route.ts";
import { StatFigures } from "./stat-figures.tsx";

export interface PanelCardProps {
  readonly panel: Panel;
  readonly answer: PanelAnswer | undefined;
  readonly range: Pick<BoardAnswer, "from" | "to" | "stepSeconds"> | undefined;
  readonly regions: readonly string[];
  readonly experiments: readonly TimelineEvent[];
  readonly runbook: string | undefined;
  /** It is not narrowed as others are. */
  readonly isWhole: boolean;
}

/** A question, its answer, and where to read on when the answer looks wrong. */
export function PanelCard({ panel, answer, range, regions, experiments, runbook, isWhole }: PanelCardProps) {
  return (
    <section className="panel ops-panel" data-panel={panel.id} data-state={stateOf(panel, answer)}>
      <header>
        <h3>{panel.title}</h3>
        {runbook !== undefined && (
          <a href={runbookAddress(runbook)} aria-label={`Runbook of: ${panel.title}`}>
            Runbook
          </a>
        )}
      </header>
      <div className="panel-body">
        {answer === undefined || range === undefined ? (
          <Skeleton rows={4} what={panel.title} />
        ) : "error" in answer ? (
          <p className="empty down">Prometheus could not answer this: {answer.error}</p>
        ) : answer.lines.length === 0 ? (
          <p className="empty">
            {panel.isOftenEmpty ? "None in this time: nothing was counted." : "No data in this time."}
          </p>
        ) : panel.kind === "stat" ? (
          <StatFigures panel={panel} lines={answer.lines} range={range} />
        ) : (
          <LineChart
            title={panel.title}
            lines={answer.lines}
            range={range}
            unit={panel.unit}
            limit={panel.limit}
            regions={regions}
            experiments={experiments}
          />
        )}
      </div>
      <p className="about">
        {isWhole && <b>Of the whole platform. </b>}
        {panel.description}
      </p>
    </section>
  );
}

function stateOf(panel: Panel, answer: PanelAnswer | undefined): string {
  if (answer === undefined) return "loading";
  if ("error" in answer) return "error";
  if (answer.lines.length > 0) return "lines";
  return panel.isOftenEmpty ? "none" : "empty";
}
