import { table, whole } from "#local/cli/table.ts";
import type { ScaleRow } from "./scale.ts";

/** Numbers of open orders and of accounts. */
export const SCALES: readonly (readonly [openOrders: number, accounts: number])[] = [
  [1_000, 1_000],
  [100_000, 10_000],
  [1_000_000, 100_000],
];

/** What the engine costs by the number of open orders, for people. */
export function scaleTable(rows: readonly ScaleRow[]): string {
  const headings = [
    "open orders",
    "accounts",
    "MB",
    "place ns",
    "cancel ns",
    "p99 µs",
    "p99.9 µs",
    "max µs",
    "machine p99.9",
    "GC pauses",
    "GC ms",
    "snapshot MB",
    "snapshot ms",
    "restore ms",
  ];
  return table(
    headings,
    rows.map((row) => [
      whole(row.openOrders),
      whole(row.accounts),
      whole(row.memoryMB),
      whole(row.placeNsMedian),
      whole(row.cancelNsMedian),
      row.applyUsP99.toFixed(1),
      row.applyUsP999.toFixed(1),
      row.applyUsMax.toFixed(1),
      row.machineUsP999.toFixed(1),
      whole(row.gcPauses),
      row.gcMs.toFixed(1),
      whole(row.snapshotMB),
      whole(row.snapshotMs),
      whole(row.restoreMs),
    ]),
  );
}
