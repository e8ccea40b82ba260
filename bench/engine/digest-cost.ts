import { table } from "#local/cli/table.ts";
import { FLOWS, type FlowOptions, makeFlow } from "../flows/make-flow.ts";
import { median, percentile } from "../statistics.ts";
import { timed } from "./contender.ts";
import { begin, foldFile } from "./meridian-engine.ts";

/** How many commands one engine folds before it is the other's turn: some milliseconds, so that what else the machine does meets both. */
const PIECE = 10_000;

/** Runs over a flow before those that count, which the compiler of the runtime takes. */
const WARM_UPS = 2;

/** What it costs to ask for the digest after every command. */
export interface DigestCost {
  readonly digestOf: string;
  /** How many pieces of the flow were folded both ways. */
  readonly pairs: number;
  /** How much more CPU time of the thread, and time by the clock, a piece takes with the digests, percent: the median of the pairs, and their middle half. */
  readonly cpuPercent: number;
  readonly cpuPercentFrom: number;
  readonly cpuPercentTo: number;
  readonly clockPercent: number;
}

/**
 * Two engines fold a flow in one process, piece by piece in turn, one of them with the digest asked for after every command; who goes first changes from piece to piece. Each pair of a piece
 * is compared by itself: runs of whole flows differ by more from one to the next than the digest could cost.
 */
export function measureDigestCost(
  runs: number,
  say: (line: string) => void,
  flows: readonly FlowOptions[] = FLOWS,
): DigestCost[] {
  return flows.map((options) => {
    const flow = makeFlow(options);
    const cpu: number[] = [];
    const clock: number[] = [];
    for (let run = 1 - WARM_UPS; run <= runs; run++) {
      say(`engine: digests of the ${flow.name} flow, ${run > 0 ? `run ${run} of ${runs}` : "warming up"}`);
      const [plain, digested] = [begin(flow), begin(flow)];
      const { length } = plain.measured.ends;
      for (let from = 0, piece = run; from < length; from += PIECE, piece++) {
        const to = Math.min(from + PIECE, length);
        const fold = ({ engine, measured }: typeof plain, digests: boolean) =>
          timed(() => {
            foldFile(engine, measured, from, to, digests);
            return 0;
          });
        const first = piece % 2 === 0 ? fold(plain, false) : fold(digested, true);
        const second = piece % 2 === 0 ? fold(digested, true) : fold(plain, false);
        const [without, asked] = piece % 2 === 0 ? [first, second] : [second, first];
        if (run <= 0) continue;
        cpu.push(percentMore(asked.cpuSeconds, without.cpuSeconds));
        clock.push(percentMore(asked.seconds, without.seconds));
      }
    }
    return {
      digestOf: flow.name,
      pairs: cpu.length,
      cpuPercent: rounded(median(cpu)),
      cpuPercentFrom: rounded(percentile(cpu, 25)),
      cpuPercentTo: rounded(percentile(cpu, 75)),
      clockPercent: rounded(median(clock)),
    };
  });
}

/** For people. */
export function digestTable(rows: readonly DigestCost[]): string {
  return table(
    ["flow", "pairs", "more CPU time", "middle half of the pairs", "more time by the clock"],
    rows.map(({ digestOf, pairs, cpuPercent, cpuPercentFrom, cpuPercentTo, clockPercent }) => [
      digestOf,
      String(pairs),
      `${cpuPercent} %`,
      `${cpuPercentFrom} to ${cpuPercentTo} %`,
      `${clockPercent} %`,
    ]),
  );
}

function percentMore(value: number, than: number): number {
  return 100 * (value / than - 1);
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}
