import type { Result } from "./command.ts";

/** What a command answers to `--dry-run` that acts on a shard in several Regions: which they are, and that nothing was done. */
export function wouldBeDone(
  shard: string,
  doors: readonly { readonly region: string }[],
  text: (regions: string) => string,
): Result {
  const regions = doors.map(({ region }) => region);
  return { json: { shard, regions, done: false }, text: text(regions.join(", ")) };
}
