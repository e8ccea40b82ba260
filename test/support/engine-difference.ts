import { inspect, isDeepStrictEqual } from "node:util";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import type { EngineKind } from "./engines.ts";

/** Digests are compared after every so many commands, and states at the end. */
const DIGEST_INTERVAL = 16;

/**
 * Folds a stream with two engines and tells where they first differ: in an event, a digest, the state at the end, or in that one of them throws.
 * `undefined` where they agree.
 */
export function differenceOf(
  stream: readonly (CommandEnvelope | null)[],
  branch: BranchId,
  expected: EngineKind,
  actual: EngineKind,
): string | undefined {
  const shard = "shard-1" as ShardId;
  const [a, b] = [expected.create(shard, branch), actual.create(shard, branch)];
  for (const [at, envelope] of stream.entries()) {
    const [eventsA, eventsB] = [outcomeOf(() => a.apply(envelope)), outcomeOf(() => b.apply(envelope))];
    if (!isDeepStrictEqual(eventsA, eventsB)) {
      const first = firstDifference(eventsA, eventsB);
      return `command ${at}, ${show(envelope)}: event ${first}\n${expected.name}: ${show(eventsA)}\n${actual.name}: ${show(eventsB)}`;
    }
    if (at % DIGEST_INTERVAL === 0 || at === stream.length - 1) {
      const [digestA, digestB] = [a.digest(), b.digest()];
      if (digestA !== digestB) return `after command ${at}, ${show(envelope)}: ${stateDifference()}`;
    }
  }
  return isDeepStrictEqual(a.state(), b.state()) ? undefined : `at the end: ${stateDifference()}`;

  function stateDifference(): string {
    const [stateA, stateB] = [a.state(), b.state()];
    const what = isDeepStrictEqual(stateA, stateB)
      ? "the digests differ, the states do not"
      : "the states differ";
    return `${what}\n${expected.name}: ${show(stateA)}\n${actual.name}: ${show(stateB)}`;
  }
}

function outcomeOf(apply: () => readonly unknown[]): readonly unknown[] {
  try {
    return apply();
  } catch (error) {
    return [{ thrown: error instanceof Error ? (error.stack ?? error.message) : error }];
  }
}

function firstDifference(a: readonly unknown[], b: readonly unknown[]): number {
  let at = 0;
  while (at < a.length && at < b.length && isDeepStrictEqual(a[at], b[at])) at++;
  return at;
}

function show(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: 160, maxArrayLength: 200 });
}
