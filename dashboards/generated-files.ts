import { ALERTS } from "./alerts/alerts.ts";
import { rulesFile } from "./alerts/rules-file.ts";
import { SLOS } from "./alerts/slos.ts";
import { BOARDS } from "./boards/boards.ts";
import { grafanaDashboard } from "./grafana-dashboard.ts";

/** What is made from the code here, by the file's name in `dashboards/generated`. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["meridian.rules.json", json(rulesFile(SLOS, ALERTS))],
    ...BOARDS.map((board): [string, string] => [
      `grafana/${board.id}.json`,
      json(grafanaDashboard(board, ALERTS, BOARDS)),
    ]),
  ]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
