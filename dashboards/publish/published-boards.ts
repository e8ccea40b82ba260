import { ALERTS } from "../alerts/alerts.ts";
import { BOARDS } from "../boards/boards.ts";
import { grafanaDashboard } from "../grafana-dashboard.ts";
import type { BoardJson } from "./publish-boards.ts";

/** Every board as a workspace gets it: the one that is generated, with its links to runbooks leading to where its readers find them. */
export function publishedBoards(runbooksUrl: string): readonly BoardJson[] {
  return BOARDS.map((board) => {
    const dashboard = JSON.parse(JSON.stringify(grafanaDashboard(board, ALERTS, BOARDS))) as Dashboard;
    const list = dashboard.templating.list.map((variable) =>
      variable.name === "runbooks" ? { ...variable, query: runbooksUrl } : variable,
    );
    return { ...dashboard, templating: { list } };
  });
}

interface Dashboard extends BoardJson {
  readonly templating: { readonly list: readonly { readonly name: string; readonly query?: string }[] };
}
