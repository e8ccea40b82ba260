import { type Asked, asked, legendText } from "#dashboards/asked.ts";
import type { Board, Panel } from "#dashboards/board.ts";
import type { BoardAnswer, OpsLine, PanelAnswer } from "#shared/protocol/ops-messages.ts";
import type { PrometheusClient, Range } from "./prometheus-client.ts";

/** So many points a line: more than a panel has pixels to tell apart. */
const POINTS = 180;
const STEP_MIN_SECONDS = 2;
/** Of a panel: what is beyond is left out, not drawn over each other. */
const LINES_MAX = 24;

/** The time that ends now, in steps that start at whole multiples: an answer a moment later has the same points. */
export function rangeOf(seconds: number, nowMs: number): Range {
  const stepSeconds = Math.max(STEP_MIN_SECONDS, Math.ceil(seconds / POINTS));
  const to = Math.floor(nowMs / 1000 / stepSeconds) * stepSeconds;
  return { from: to - Math.ceil(seconds / stepSeconds) * stepSeconds, to, stepSeconds };
}

/** Asks every panel of a board. A panel whose query fails says so; the others are answered all the same. */
export async function boardAnswer(
  board: Board,
  client: PrometheusClient,
  range: Range,
  how: Asked,
): Promise<BoardAnswer> {
  const panels = board.rows.flatMap((row) => row.panels);
  const answers = await Promise.all(
    panels.map(
      async (panel): Promise<[string, PanelAnswer]> => [
        panel.id,
        await panelAnswer(panel, client, range, how),
      ],
    ),
  );
  return {
    from: range.from * 1000,
    to: range.to * 1000,
    stepSeconds: range.stepSeconds,
    panels: Object.fromEntries(answers),
  };
}

async function panelAnswer(
  { queries }: Panel,
  client: PrometheusClient,
  range: Range,
  how: Asked,
): Promise<PanelAnswer> {
  try {
    const lines = await Promise.all(
      queries.map(async ({ expr, legend }): Promise<OpsLine[]> => {
        const found = await client.queryRange(asked(expr, how), range);
        return found.map(({ metric, values }) => ({
          name: legendText(legend, metric),
          labels: metric,
          points: values,
        }));
      }),
    );
    return {
      lines: lines
        .flat()
        .filter(({ points }) => points.length > 0)
        .slice(0, LINES_MAX),
    };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
