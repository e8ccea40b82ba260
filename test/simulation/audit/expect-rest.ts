import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { ReadState } from "#test/simulation/simulated-region.ts";
import { expectInvariants } from "#test/support/engine-invariants.ts";
import { EventWatch } from "#test/support/event-watch.ts";
import type { Auditor } from "./auditor.ts";
import { fatesOf } from "./effects.ts";
import { expectAnswersHold } from "./expect-answers.ts";
import { expectSoundBranches } from "./expect-branches.ts";
import { expectMoneyConserved } from "./expect-money.ts";
import { expectForksInTurn, expectWantedReplays } from "./expect-wanted.ts";
import type { FinalTape } from "./final-tape.ts";
import { Finding, holds, INVARIANTS } from "./finding.ts";
import type { RegionStates } from "./region-states.ts";

/** All that must hold once everything has come to rest. Throws a `Finding`. */
export function expectRest(
  auditor: Auditor,
  shards: readonly ShardId[],
  regions: readonly RegionStates[],
): readonly FinalTape[] {
  const tapes = shards.map((shard) => finalTape(auditor, shard, regions));
  for (const tape of tapes) {
    expectSoundBranches(auditor.archiveOf(tape.shard));
    expectOnce(tape);
    expectForksInTurn(tape.shard, tape.outcomes);
    expectWantedReplays(auditor.archiveOf(tape.shard), tape.outcomes);
    expectWhole(tape.shard, tape.outcomes, tape.state);
  }
  expectFinalStayed(auditor, tapes);
  for (const tape of tapes) expectAnswersHold(auditor.requests, auditor.archiveOf(tape.shard), tape);
  expectMoneyConserved(tapes);
  return tapes;
}

function finalTape(auditor: Auditor, shard: ShardId, regions: readonly RegionStates[]): FinalTape {
  const archive = auditor.archiveOf(shard);
  const [first, ...others] = regions.map(({ region, shards }) => ({ region, read: shards.get(shard) }));
  holds(first?.read !== undefined, INVARIANTS.liveness, () => `${first?.region} has no ${shard}`);
  const { state } = first.read;
  const ours = placeOf(first.read);
  for (const { region, read } of others) {
    const theirs = placeOf(read);
    holds(
      theirs === ours,
      INVARIANTS.sameTape,
      () => `${shard} stands at ${theirs} in ${region}, at ${ours} in ${first.region}`,
    );
  }
  const outcomes = archive.tapeOf(state.branch, state.seq);
  const lineage = archive.lineageOf(state.branch, state.seq);
  return { shard, state, outcomes, lineage, fates: fatesOf(outcomes) };
}

function placeOf(read: ReadState | undefined): string {
  return `${read?.state.branch} ${read?.state.seq} ${read?.digest}`;
}

/** A client of the whole tape ends where the state is, and the state is sound in itself. */
function expectWhole(shard: ShardId, outcomes: readonly Outcome[], state: EngineState): void {
  const watch = new EventWatch();
  for (const outcome of outcomes) {
    try {
      watch.note(outcome.events);
    } catch (error) {
      throw new Finding(
        INVARIANTS.orders,
        `${shard} seq ${outcome.seq}: ${messageOf(error)}: ${JSON.stringify(outcome.events)}`,
      );
    }
  }
  try {
    watch.expectState(state);
    expectInvariants(state);
  } catch (error) {
    throw new Finding(INVARIANTS.orders, `${shard}: ${messageOf(error)}`);
  }
}

function expectOnce({ shard, fates }: FinalTape): void {
  for (const [commandId, all] of fates) {
    const effects = all.filter((fate) => fate !== "merged" && fate !== "skipped").length;
    holds(effects <= 1, INVARIANTS.once, () => `${shard}: ${commandId} was ${all.join(", ")}`);
  }
}

function expectFinalStayed(auditor: Auditor, tapes: readonly FinalTape[]): void {
  for (const { shard, branch, seq, region } of auditor.claims) {
    const tape = tapes.find((one) => one.shard === shard);
    const read = tape?.lineage.get(branch);
    // Time went on while the states were read: the last branch is as long as what was published of it since.
    const until =
      branch === tape?.state.branch
        ? Math.max(read ?? 0, ...auditor.archiveOf(shard).branch(branch).outcomes.keys())
        : read;
    holds(
      until !== undefined && seq <= until,
      INVARIANTS.final,
      () =>
        `${region} called ${shard} ${branch} ${seq} final, but the lineage has ${until ?? "nothing"} of it`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
