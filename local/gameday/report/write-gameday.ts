import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "../../cli/table.ts";
import type { GameDayReport } from "../gameday-report.ts";
import { gameDayPage } from "./gameday-page.ts";
import { afterText, silentText, verdictText } from "./words.ts";

const HEADINGS = ["experiment", "hurt", "alert", "", "fired after", "silent after the end", "invariants"];

/** Writes the report as JSON, as a page and as Markdown. Where the page is. */
export function writeGameDay(folder: string, day: GameDayReport): string {
  mkdirSync(folder, { recursive: true });
  const page = join(folder, "index.html");
  writeFileSync(join(folder, "gameday.json"), `${JSON.stringify(day, null, 2)}\n`);
  writeFileSync(join(folder, "results.md"), gameDayMarkdown(day));
  writeFileSync(page, gameDayPage(day));
  return page;
}

/** A game day as a table for a terminal. */
export function gameDayTable(day: GameDayReport): string {
  return table(HEADINGS, rowsOf(day));
}

export function gameDayMarkdown(day: GameDayReport): string {
  const lines = [HEADINGS, HEADINGS.map(() => "---"), ...rowsOf(day)];
  return `${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

/** A line an alert; an experiment that set off none has a line that says so. */
function rowsOf({ experiments }: GameDayReport): string[][] {
  return experiments.flatMap(({ report, hurtSeconds, alerts }) => {
    const { experiment, notHere, passed } = report;
    if (notHere !== undefined) return [[experiment, "", "", `not run: ${notHere}`, "", "", ""]];
    const rows = alerts.map((alert) => [
      ...[alert.name, verdictText(alert), afterText(alert.firedAfter), silentText(alert)],
    ]);
    const all = rows.length === 0 ? [["none", "none had to", "–", "–"]] : rows;
    return all.map((row, at) => {
      const isFirst = at === 0;
      return [
        isFirst ? experiment : "",
        isFirst ? `${hurtSeconds} s` : "",
        ...row,
        isFirst ? (passed ? "held" : "BROKEN") : "",
      ];
    });
  });
}
