import type { RegionId } from "#shared/domain/ids.ts";

/** What a Region answered; `undefined` when no answer came in time. */
export interface RegionAnswer<T> {
  readonly region: RegionId;
  readonly answer: T | undefined;
}

/** How many of so many Regions decide. */
export function majorityOf(regions: number): number {
  return Math.floor(regions / 2) + 1;
}

/**
 * Asks all Regions at once, and resolves with the answers in the order in which they came as soon as `isEnough` says so, else when each has answered or
 * is taken for unreachable. `ask` may reject: that Region then counts as one that did not answer.
 */
export function askAll<T>(
  regions: readonly RegionId[],
  ask: (region: RegionId) => Promise<T | undefined>,
  isEnough: (answers: readonly RegionAnswer<T>[]) => boolean,
): Promise<readonly RegionAnswer<T>[]> {
  const { promise, resolve } = Promise.withResolvers<readonly RegionAnswer<T>[]>();
  const answers: RegionAnswer<T>[] = [];
  const note = (region: RegionId, answer: T | undefined) => {
    answers.push({ region, answer });
    if (answers.length === regions.length || isEnough(answers)) resolve([...answers]);
  };
  for (const region of regions) {
    ask(region).then(
      (answer) => note(region, answer),
      () => note(region, undefined),
    );
  }
  return promise;
}
