import { type Alert, runbookOf } from "./alerts/alert.ts";
import type { Board, Panel } from "./board.ts";

/** The page in `runbooks/` of a panel: its own, or that of the first alert that it shows. */
export function runbookPage(board: Board, panel: Panel, alerts: readonly Alert[]): string | undefined {
  const alert = alerts.find((one) => one.panel === `${board.id}/${panel.id}`);
  return panel.runbook ?? (alert === undefined ? undefined : runbookOf(alert));
}
