import type { PartOptions, PartResult } from "../part.ts";
import { table, whole } from "../table.ts";
import { benchEngine } from "./bench-engine.ts";

/** Engines over the same flows of commands in memory, in one process. */
export function enginePart({ runs, say }: PartOptions): Promise<PartResult> {
  const rows = benchEngine(runs, say).map((row) => ({
    ...row,
    commandsPerSecond: Math.round(row.commandsPerSecond),
    slowest: Math.round(row.slowest),
    fastest: Math.round(row.fastest),
    ratio: Math.round(100 * row.ratio) / 100,
  }));
  return Promise.resolve({
    title: `Engine: commands per second of one core, median of ${runs} runs`,
    rows,
    table: table(
      ["flow", "engine", "trades", "commands/s", "slowest", "fastest", "ratio"],
      rows.map(({ flow, contender, trades, commandsPerSecond, slowest, fastest, ratio }) => [
        flow,
        contender,
        whole(trades),
        whole(commandsPerSecond),
        whole(slowest),
        whole(fastest),
        `${ratio.toFixed(2)} ×`,
      ]),
    ),
  });
}
