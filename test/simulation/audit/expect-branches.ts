import { EventWatch } from "#test/support/event-watch.ts";
import { Finding, INVARIANTS } from "./finding.ts";
import type { TapeArchive } from "./tape-archive.ts";

/** Whoever followed a fork, or a reign beyond its cut, to its end has seen nothing that may not be. */
export function expectSoundBranches(archive: TapeArchive): void {
  for (const { branch } of archive.branches()) {
    const watch = new EventWatch();
    for (const { seq, events } of archive.publishedTapeOf(branch)) {
      try {
        watch.note(events);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Finding(INVARIANTS.orders, `${archive.shard} ${branch} seq ${seq}: ${message}`);
      }
    }
  }
}
