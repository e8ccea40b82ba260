import { formatDecimal } from "#shared/domain/decimal.ts";
import type { Side } from "#shared/domain/order.ts";
import type { Cause, ComparisonResult, Explained } from "./book-comparison.ts";
import type { ReplayResult } from "./replay.ts";

const CAUSES: Record<Cause, (levels: number) => string> = {
  "never-shown": (levels) =>
    `had never been among the best ${levels} before: its orders are older than the recording, or came where it records nothing`,
  "changed-out-of-sight": (levels) =>
    `was beyond the best ${levels} for a while and came back changed: orders came or went where the recording records nothing`,
};

/** Explained levels that are listed; the rest is summed up. */
const MAX_LISTED = 40;

/** Whether all that was compared agrees or is explained. */
export function isExplained({ comparison, wrongOrders }: ReplayResult): boolean {
  return wrongOrders.length === 0 && (comparison === undefined || comparison.unexplained.length === 0);
}

/** The report for the person at the keyboard. */
export function replayReport(result: ReplayResult): string {
  const { comparison } = result;
  const parts = [messagesPart(result), ordersPart(result)];
  if (comparison !== undefined)
    parts.push(rowsPart(comparison), placesPart(comparison), ...listPart(comparison));
  return `${parts.join("\n\n")}\n`;
}

function messagesPart({ messages, counts, share, seededLevels }: ReplayResult): string {
  const { kinds, olderOrders, olderNumbers, olderOrdersSeeded, goneUnseen } = counts;
  const untold = kinds["hidden-execution"] + kinds.cross + kinds.halt;
  const lines = [
    `${n(messages)} messages: ${n(kinds.new)} new orders, ${n(kinds["partial-cancel"])} partial cancels, ${n(kinds.delete)} deletes, ${n(kinds.execution)} executions. One share is ${share}.`,
  ];
  if (untold > 0) {
    lines.push(
      `Not sent, for they change no displayed order: ${n(kinds["hidden-execution"])} executions of hidden orders, ${n(kinds.cross)} crosses, ${n(kinds.halt)} halts.`,
    );
  }
  if (seededLevels > 0)
    lines.push(
      `Placed before the first message: ${n(seededLevels)} levels of the book's row 1, one order each.`,
    );
  if (olderOrders > 0) {
    lines.push(
      `${n(olderOrders)} messages name orders that the file does not place (${n(olderNumbers)} by numbers lower than that of the first one placed, so given before the recording began): ${n(olderOrdersSeeded)} were taken from levels of row 1, ${n(olderOrders - olderOrdersSeeded)} could not be, not in full.`,
    );
  }
  if (goneUnseen > 0) {
    lines.push(
      `${n(goneUnseen)} orders stood in the way of what was recorded, so had gone unrecorded: canceled.`,
    );
  }
  return lines.join("\n");
}

function ordersPart({ openOrders, wrongOrders }: ReplayResult): string {
  if (wrongOrders.length === 0)
    return `Open orders at the end: ${n(openOrders)}, each exactly what the messages leave of it.`;
  const lines = wrongOrders.slice(0, 20).map((text) => `  ${text}`);
  return [
    `Open orders at the end that are NOT what the messages leave: ${n(wrongOrders.length)}`,
    ...lines,
  ].join("\n");
}

function rowsPart({ rows, rowsByBestLevels }: ComparisonResult): string {
  const lines = rowsByBestLevels.map((count, at) => {
    const share = rows === 0 ? "" : `${((100 * count) / rows).toFixed(1)} %`;
    return `  ${String(at + 1).padStart(4)}  ${n(count).padStart(9)}  ${share.padStart(8)}`;
  });
  return [
    "Rows whose best levels agree, price and quantity, both sides:",
    "  best       rows     share",
    ...lines,
  ].join("\n");
}

function placesPart({ levels, rows, places }: ComparisonResult): string {
  const line = (count: number, text: string) => `  ${n(count).padStart(9)}  ${text}`;
  return [
    `Of ${n(2 * levels * rows)} levels compared (${n(rows)} rows × ${levels} × bids and asks):`,
    line(places.agreeing, "agree"),
    ...(Object.keys(CAUSES) as Cause[]).map((cause) =>
      line(places.explained[cause], `differ by, or stand behind, a level that ${CAUSES[cause](levels)}`),
    ),
    line(places.unexplained, "differ without an explanation"),
  ].join("\n");
}

function listPart({ levels, explained, unexplained }: ComparisonResult): string[] {
  const parts: string[] = [];
  if (explained.length > 0) {
    const listed = [...explained].sort((a, b) => b.rows - a.rows).slice(0, MAX_LISTED);
    const rest = explained.length - listed.length;
    parts.push(
      [
        "Levels that cannot agree:",
        "  difference: shares in the recording beyond those on the platform, when it was first seen",
        "  older:      shares of it that later messages prove to be of orders numbered before the recording began",
        `  rows:       on how many it differs while among the best ${levels}`,
        "",
        "  side     price   from row   difference    older      rows  cause",
        ...listed.map(explainedLine),
        ...(rest > 0 ? [`  … and ${n(rest)} more`] : []),
      ].join("\n"),
    );
  }
  if (unexplained.length > 0) {
    parts.push(
      [
        "NOT EXPLAINED (shares):",
        "  row   side     price   recorded   expected   on the platform",
        ...unexplained
          .slice(0, 20)
          .map(
            ({ row, side, price, recorded, expected, platform }) =>
              `  ${row}  ${sideWord(side)}  ${dollars(price)}  ${recorded}  ${expected}  ${platform}`,
          ),
      ].join("\n"),
    );
  }
  return parts;
}

function explainedLine({ side, price, row, difference, older, rows, cause }: Explained): string {
  const sign = difference > 0 ? "+" : "";
  return [
    `  ${sideWord(side)}`,
    dollars(price).padStart(9),
    n(row).padStart(9),
    `${sign}${n(difference)}`.padStart(11),
    (older === 0 ? "" : n(older)).padStart(7),
    n(rows).padStart(8),
    ` ${cause}`,
  ].join("  ");
}

function sideWord(side: Side): string {
  return side === "BUY" ? "bid" : "ask";
}

function dollars(price: number): string {
  return formatDecimal(price, 4).replace(/00$/, "");
}

function n(count: number): string {
  return count.toLocaleString("en-US");
}
