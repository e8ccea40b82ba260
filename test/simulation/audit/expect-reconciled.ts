import { ReconciliationFolder, reconciliationOf } from "#services/reconciliation/reconciliation-folder.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { pastOf } from "#test/simulation/regions/journal-past.ts";
import type { FinalTape } from "./final-tape.ts";

/** What every Region must say of the forks of a shard: a function of the tape on which all agree (invariant 9). By id. */
export async function reconciliationsOf(
  { outcomes }: Pick<FinalTape, "outcomes">,
  epochOf: (branch: Reconciliation["branch"]) => number,
): Promise<ReadonlyMap<string, Reconciliation>> {
  const folder = new ReconciliationFolder();
  const found = new Map<string, Reconciliation>();
  const past = pastOf(async () => outcomes);
  for (const outcome of outcomes) {
    const folded = folder.fold(outcome);
    if (folded?.kind !== "ended") continue;
    const reconciliation = await reconciliationOf(folded.ended, epochOf(outcome.branch), past);
    found.set(reconciliation.id, reconciliation);
  }
  return found;
}

/** How what a Region has written down differs, in words; `undefined` where it does not. */
export function differenceOf(
  region: RegionId,
  written: readonly Reconciliation[],
  expected: ReadonlyMap<string, Reconciliation>,
): string | undefined {
  const byId = new Map(written.map((each) => [each.id, each]));
  for (const [id, reconciliation] of expected) {
    const [theirs, ours] = [JSON.stringify(byId.get(id)), JSON.stringify(reconciliation)];
    if (theirs !== ours) return `${region} says of ${id}: ${theirs}, its tape says: ${ours}`;
  }
  const more = written.find(({ id }) => !expected.has(id));
  return more === undefined ? undefined : `${region} tells of ${more.id}, which the tape does not know`;
}
