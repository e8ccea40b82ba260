import { FLOWS, type FlowOptions, makeFlow } from "../flows/make-flow.ts";
import { median } from "../statistics.ts";
import type { Contender, Run } from "./contender.ts";
import { meridianBook } from "./meridian-book.ts";
import { meridianEngine, meridianEngineDigested } from "./meridian-engine.ts";
import { nodejsOrderBook } from "./nodejs-order-book.ts";

/** The first is what the others are compared with. */
export const CONTENDERS: readonly Contender[] = [
  nodejsOrderBook,
  meridianBook,
  meridianEngine,
  meridianEngineDigested,
];

export interface EngineRow {
  readonly flow: string;
  readonly contender: string;
  readonly trades: number;
  readonly commandsPerSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  /** Commands in a second of CPU time: what other programs on the machine change least. */
  readonly commandsPerCpuSecond: number;
  /** How many times as fast as the first contender, by the clock and by CPU time. */
  readonly ratio: number;
  readonly cpuRatio: number;
}

/** Runs before those that count: the compiler of the runtime takes that long to be done with an engine. */
const WARM_UPS = 3;

/** Runs every contender over every flow: some runs to warm up, then `runs`, in turn. Throws if they disagree on the number of trades. */
export function benchEngine(
  runs: number,
  say: (line: string) => void,
  flows: readonly FlowOptions[] = FLOWS,
  contenders: readonly Contender[] = CONTENDERS,
): EngineRow[] {
  const rows: EngineRow[] = [];
  for (const options of flows) {
    const flow = makeFlow(options);
    const results = contenders.map((): Run[] => []);
    for (let run = 1 - WARM_UPS; run <= runs; run++) {
      for (const [at, contender] of contenders.entries()) {
        say(
          `engine: ${flow.name} flow, ${run > 0 ? `run ${run} of ${runs}` : "warming up"}, ${contender.name}`,
        );
        results[at]?.push(contender.run(flow));
      }
    }
    checkTrades(flow.name, contenders, results);
    const ofFlow = contenders.map((contender, at) => {
      const rates = (results[at] ?? []).slice(WARM_UPS).map(({ seconds }) => flow.commands / seconds);
      return {
        flow: flow.name,
        contender: contender.name,
        trades: results[at]?.[0]?.trades ?? 0,
        commandsPerSecond: median(rates),
        slowest: Math.min(...rates),
        fastest: Math.max(...rates),
        commandsPerCpuSecond: median(
          (results[at] ?? []).slice(WARM_UPS).map(({ cpuSeconds }) => flow.commands / cpuSeconds),
        ),
      };
    });
    const { commandsPerSecond: base = 1, commandsPerCpuSecond: cpuBase = 1 } = ofFlow[0] ?? {};
    for (const row of ofFlow) {
      const ratio = row.commandsPerSecond / base;
      rows.push({ ...row, ratio, cpuRatio: row.commandsPerCpuSecond / cpuBase });
    }
  }
  return rows;
}

/** Engines that do not trade alike did not do the same work. */
function checkTrades(
  flow: string,
  contenders: readonly Contender[],
  results: readonly (readonly Run[])[],
): void {
  const counts = new Set(results.flat().map(({ trades }) => trades));
  if (counts.size === 1) return;
  const text = contenders.map(
    ({ name }, at) => `${name}: ${results[at]?.map(({ trades }) => trades).join(", ")}`,
  );
  throw new Error(`the contenders disagree on the trades of the ${flow} flow: ${text.join("; ")}`);
}
