import { table, whole } from "#local/cli/table.ts";
import type { PartOptions, PartResult } from "../part.ts";
import { benchEngine } from "./bench-engine.ts";
import { digestTable, measureDigestCost } from "./digest-cost.ts";
import { measureScale, type ScaleRow } from "./scale.ts";
import { SCALES, scaleTable } from "./scale-table.ts";

/** Engines over the same flows of commands in memory, in one process. */
export async function enginePart({ runs, say }: PartOptions): Promise<PartResult> {
  const rows = benchEngine(runs, say).map((row) => ({
    ...row,
    commandsPerSecond: Math.round(row.commandsPerSecond),
    slowest: Math.round(row.slowest),
    fastest: Math.round(row.fastest),
    commandsPerCpuSecond: Math.round(row.commandsPerCpuSecond),
    ratio: Math.round(100 * row.ratio) / 100,
    cpuRatio: Math.round(100 * row.cpuRatio) / 100,
  }));
  const digests = measureDigestCost(runs, say);
  const scales: ScaleRow[] = [];
  for (const [openOrders, accounts] of SCALES) {
    say(`engine: ${openOrders} open orders of ${accounts} accounts`);
    scales.push(await measureScale(openOrders, accounts));
  }
  return {
    title: `Engine: commands per second of one core, median of ${runs} runs`,
    rows: [...rows, ...digests, ...scales],
    table: `${table(
      [
        "flow",
        "engine",
        "trades",
        "commands/s",
        "slowest",
        "fastest",
        "ratio",
        "commands/CPU s",
        "ratio of these",
      ],
      rows.map(
        ({
          flow,
          contender,
          trades,
          commandsPerSecond,
          slowest,
          fastest,
          ratio,
          commandsPerCpuSecond,
          cpuRatio,
        }) => [
          flow,
          contender,
          whole(trades),
          whole(commandsPerSecond),
          whole(slowest),
          whole(fastest),
          `${ratio.toFixed(2)} ×`,
          whole(commandsPerCpuSecond),
          `${cpuRatio.toFixed(2)} ×`,
        ],
      ),
    )}\n\nThe digest after every command, with it and without in turn, ten thousand commands at a time\n\n${digestTable(digests)}\n\nBy the number of open orders: one command at a time, its time taken each (taking it costs some of it)\n\n${scaleTable(scales)}`,
  };
}
