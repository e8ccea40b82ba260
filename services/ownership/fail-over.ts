import type { RegionId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { HeldCopy } from "#shared/protocol/link.ts";
import { askAll, majorityOf, type RegionAnswer } from "./ask-all.ts";
import { currentSpan } from "./lineage.ts";
import { type EpochTaking, type TakenEpoch, takeEpoch } from "./take-epoch.ts";
import type { TakeoverSteps } from "./takeover-steps.ts";

export interface FailOver extends EpochTaking {
  readonly regions: readonly RegionId[];
  readonly steps: TakeoverSteps;
}

/** What a majority of Regions held when each promised to follow the epoch no further. */
export type Promises = ReadonlyMap<RegionId, ReadonlyMap<RegionId, number>>;

/** Gets a majority's promises, the own Region's first of all; `undefined` if there are not enough. What they hold is all that can be final in the epoch. */
export async function fenceMajority(
  { regions, self, steps }: Pick<FailOver, "regions" | "self" | "steps">,
  epoch: number,
): Promise<Promises | undefined> {
  const own = await steps.fence(self, epoch);
  if (own === undefined) return undefined;
  const others = regions.filter((region) => region !== self);
  const needed = majorityOf(regions.length) - 1;
  const count = (answers: readonly RegionAnswer<readonly HeldCopy[]>[]) =>
    answers.filter(({ answer }) => answer !== undefined).length;
  const answers =
    needed === 0
      ? []
      : await askAll<readonly HeldCopy[]>(
          others,
          (region) => steps.fence(region, epoch),
          (so) => count(so) >= needed,
        );
  if (count(answers) < needed) return undefined;
  const promises = new Map([[self, positionsOf(own)]]);
  for (const { region, answer } of answers)
    if (answer !== undefined) promises.set(region, positionsOf(answer));
  return promises;
}

/**
 * Takes a shard over from a Region that does not renew its lease (architecture, section 5, "Region lost"): a majority promises to follow its epoch no further;
 * whatever one of them holds is copied and folded, and there the epoch is cut. A majority made each final command final, and any two majorities share a Region,
 * so the cut is behind all that is final. `undefined`: not done, and no harm done; this Region or another begins again from the start.
 */
export async function failOver(task: FailOver, record: OwnershipRecord): Promise<TakenEpoch | undefined> {
  const { self, regions, steps } = task;
  const span = currentSpan(record);
  const promises = await fenceMajority(task, span.epoch);
  if (promises === undefined) return undefined;

  const origins = new Set(record.lineage.map(({ owner }) => owner));
  for (const origin of origins) {
    const longest = longestOf(promises, origin);
    if (longest.position <= steps.held(origin)) continue;
    if (!(await steps.copyThrough(longest.region, origin, longest.position))) return undefined;
  }

  const position = Math.max(span.start, longestOf(promises, span.owner).position);
  const holders = new Set([self, span.owner]);
  for (const [region, held] of promises) if ((held.get(span.owner) ?? 0) >= position) holders.add(region);
  // What the next epoch builds on must not be lost with one Region. With three Regions, this one and the old owner are a majority.
  for (const region of promises.keys()) {
    if (holders.size >= majorityOf(regions.length)) break;
    if (!holders.has(region) && (await steps.holdThrough(region, span.owner, position))) holders.add(region);
  }
  if (holders.size < majorityOf(regions.length)) return undefined;

  const cut = await steps.foldThrough(record, position);
  return cut === undefined ? undefined : takeEpoch(task, record, cut, "same-renewal");
}

function positionsOf(held: readonly HeldCopy[]): ReadonlyMap<RegionId, number> {
  return new Map(held.map(({ origin, position }) => [origin, position]));
}

/** Who holds most of a Region's log, and how much. */
function longestOf(
  promises: Promises,
  origin: RegionId,
): { readonly region: RegionId; readonly position: number } {
  const all = [...promises].map(([region, held]) => ({ region, position: held.get(origin) ?? 0 }));
  return all.reduce((longest, one) => (one.position > longest.position ? one : longest));
}
