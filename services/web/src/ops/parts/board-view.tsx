import { ALERTS } from "#dashboards/alerts/alerts.ts";
import type { Board, Panel } from "#dashboards/board.ts";
import { runbookPage } from "#dashboards/runbook-page.ts";
import { type Chosen, variablesOf } from "#dashboards/variables.ts";
import type {
  BoardAnswer,
  OpsChoices,
  OpsMinutes,
  OpsStatus,
  TimelineAnswer,
} from "#shared/protocol/ops-messages.ts";
import { usePolled } from "../state/use-polled.ts";
import { Filters } from "./filters.tsx";
import { Now } from "./now.tsx";
import { PanelCard } from "./panel-card.tsx";
import { type EdgeRegionHealth, RegionRows } from "./region-rows.tsx";
import { OpsSignIn } from "./sign-in.tsx";
import { Timeline } from "./timeline.tsx";

const OFTEN_MS = 3000;
const PANELS_MS = 5000;
const SELDOM_MS = 30_000;

export interface BoardViewProps {
  readonly board: Board;
  /** What it is narrowed to. */
  readonly chosen: Chosen;
  readonly minutes: OpsMinutes;
  /** Grows with each token that was given. */
  readonly tokens: number;
  readonly onToken: () => void;
}

/** What is wrong now, the Regions, what happened, and the panels of a board. */
export function BoardView({ board, chosen, minutes, tokens, onToken }: BoardViewProps) {
  const status = usePolled<OpsStatus>("/ops/v1/status", OFTEN_MS, tokens);
  const edge = usePolled<{ regions: EdgeRegionHealth[] }>("/edge/v1/regions", OFTEN_MS);
  const query = new URLSearchParams({ minutes: `${minutes}`, ...chosen });
  const panels = usePolled<BoardAnswer>(`/ops/v1/boards/${board.id}?${query}`, PANELS_MS, tokens);
  const choices = usePolled<OpsChoices>("/ops/v1/choices", SELDOM_MS, tokens);
  const timeline = usePolled<TimelineAnswer>(`/ops/v1/timeline?minutes=${minutes}`, PANELS_MS, tokens);
  if (status.problem?.kind === "signed-out") return <OpsSignIn isWrong={tokens > 0} onToken={onToken} />;
  const experiments = timeline.value?.events.filter(({ track }) => track === "experiments") ?? [];
  const regions = (edge.value?.regions ?? []).map(({ region }) => region).toSorted();
  const isChosen = Object.keys(chosen).length > 0;
  /** It shows all of the platform, whatever the others are narrowed to. */
  const isWhole = (panel: Panel) => isChosen && !variablesOf([panel]).some((name) => name in chosen);
  const runbookOfPanel = (panel: Panel) => runbookPage(board, panel, ALERTS);
  return (
    <main className="ops" id="ops" data-board={board.id}>
      <Now status={status} />
      <Filters board={board} chosen={chosen} choices={choices.value} />
      {board.rows
        .filter(({ repeatBy }) => repeatBy === "region")
        .map(({ title, panels: asked }) => (
          <RegionRows
            key={title}
            panels={asked}
            regions={(edge.value?.regions ?? []).filter(
              ({ region }) => chosen.region === undefined || chosen.region === region,
            )}
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
                  isWhole={isWhole(panel)}
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
