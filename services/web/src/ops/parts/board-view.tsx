import { ALERTS } from "#dashboards/alerts/alerts.ts";
import type { Board, Panel } from "#dashboards/board.ts";
import { runbookPage } from "#dashboards/runbook-page.ts";
import type { BoardAnswer, OpsMinutes, OpsStatus, TimelineAnswer } from "#shared/protocol/ops-messages.ts";
import { usePolled } from "../state/use-polled.ts";
import { Now } from "./now.tsx";
import { PanelCard } from "./panel-card.tsx";
import { type EdgeRegionHealth, RegionRows } from "./region-rows.tsx";
import { OpsSignIn } from "./sign-in.tsx";
import { Timeline } from "./timeline.tsx";

const OFTEN_MS = 3000;
const PANELS_MS = 5000;

export interface BoardViewProps {
  readonly board: Board;
  readonly minutes: OpsMinutes;
  /** Grows with each token that was given. */
  readonly tokens: number;
  readonly onToken: () => void;
}

/** What is wrong now, the Regions, what happened, and the panels of a board. */
export function BoardView({ board, minutes, tokens, onToken }: BoardViewProps) {
  const status = usePolled<OpsStatus>("/ops/v1/status", OFTEN_MS, tokens);
  const edge = usePolled<{ regions: EdgeRegionHealth[] }>("/edge/v1/regions", OFTEN_MS);
  const panels = usePolled<BoardAnswer>(`/ops/v1/boards/${board.id}?minutes=${minutes}`, PANELS_MS, tokens);
  const timeline = usePolled<TimelineAnswer>(`/ops/v1/timeline?minutes=${minutes}`, PANELS_MS, tokens);
  if (status.problem?.kind === "signed-out") return <OpsSignIn isWrong={tokens > 0} onToken={onToken} />;
  const experiments = timeline.value?.events.filter(({ track }) => track === "experiments") ?? [];
  const regions = (edge.value?.regions ?? []).map(({ region }) => region).toSorted();
  const runbookOfPanel = (panel: Panel) => runbookPage(board, panel, ALERTS);
  return (
    <main className="ops" id="ops" data-board={board.id}>
      <Now status={status} />
      {board.rows
        .filter(({ repeatBy }) => repeatBy === "region")
        .map(({ title, panels: asked }) => (
          <RegionRows
            key={title}
            panels={asked}
            regions={edge.value?.regions ?? []}
            answer={panels.value}
            runbookOfPanel={runbookOfPanel}
          />
        ))}
      <Timeline timeline={timeline} />
      {board.rows
        .filter(({ repeatBy }) => repeatBy === undefined)
        .map(({ title, panels: asked }) => (
          <section key={title} aria-label={title}>
            <h2 className="section">{title}</h2>
            <div className="ops-panels" data-count={asked.length}>
              {asked.map((panel) => (
                <PanelCard
                  key={panel.id}
                  panel={panel}
                  answer={panels.value?.panels[panel.id]}
                  range={panels.value}
                  regions={regions}
                  experiments={experiments}
                  runbook={runbookOfPanel(panel)}
                />
              ))}
            </div>
          </section>
        ))}
      <footer className="soft">
        {board.description} The same questions are on Grafana's board <i>{board.title}</i>.
      </footer>
    </main>
  );
}
