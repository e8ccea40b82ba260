import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import type { ShardId } from "#shared/domain/ids.ts";
import { BRANCH, commandStreams, type Stream } from "#test/property/command-streams.ts";
import { differenceOf } from "#test/support/engine-difference.ts";
import { expectInvariants } from "#test/support/engine-invariants.ts";
import type { EngineKind } from "#test/support/engines.ts";
import { EventWatch } from "#test/support/event-watch.ts";

/** Scenarios of one round; each round has its own seed, the one after that of the round before. */
const ROUND = 100;
const LONGEST = 120;

export interface FuzzResult {
  readonly scenarios: number;
  readonly commands: number;
  readonly finding?: Finding;
}

/** The smallest stream that shows a difference, and what it is. */
export interface Finding {
  /** Of its round: begins there the next time. */
  readonly seed: number;
  readonly stream: Stream;
  readonly difference: string;
}

/** Folds random streams with the oracle and the others until it is over or something is found. */
export async function fuzz(
  oracle: EngineKind,
  compared: readonly EngineKind[],
  firstSeed: number,
  isOver: (scenarios: number) => boolean,
): Promise<FuzzResult> {
  let [scenarios, commands] = [0, 0];
  for (let seed = firstSeed; !isOver(scenarios); seed = (seed + 1) % 2 ** 31) {
    const property = fc.property(commandStreams(LONGEST), (stream) => {
      scenarios++;
      commands += stream.length;
      const difference = wrongWith(stream, oracle, compared);
      if (difference !== undefined) throw new Error(difference);
    });
    const { failed, counterexample } = fc.check(property, { seed, numRuns: ROUND });
    const [stream] = counterexample ?? [];
    if (failed && stream !== undefined) {
      const difference = wrongWith(stream, oracle, compared) ?? "a difference that did not come again";
      return { scenarios, commands, finding: { seed, stream, difference } };
    }
    await setImmediate();
  }
  return { scenarios, commands };
}

function wrongWith(stream: Stream, oracle: EngineKind, compared: readonly EngineKind[]): string | undefined {
  for (const engine of compared) {
    const difference = differenceOf(stream, BRANCH, oracle, engine);
    if (difference !== undefined) return difference;
  }
  try {
    const engine = oracle.create("shard-1" as ShardId, BRANCH);
    const watch = new EventWatch();
    for (const envelope of stream) watch.note(engine.apply(envelope));
    watch.expectState(engine.state());
    expectInvariants(engine.state());
    return undefined;
  } catch (error) {
    return `${oracle.name}: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
  }
}
