import type { Outcome } from "#shared/domain/event.ts";
import type { Journal } from "#shared/ports/journal.ts";

/** All that a journal holds of its tape. */
export async function wholeJournal(journal: Journal): Promise<readonly Outcome[]> {
  const tape: Outcome[] = [];
  for (;;) {
    const more = await journal.read(tape.at(-1)?.seq ?? 0, 1000);
    if (more.length === 0) return tape;
    tape.push(...more);
  }
}
