import type { Outbox, OutboxEntry } from "#shared/ports/outbox.ts";

/** So many are read at once. */
const AT_ONCE = 8;

/** What waits in the outboxes of all of a Region's gateways, of whoever holds their slots or of nobody. */
export async function readOutboxes(
  slots: readonly string[],
  openOutbox: (slot: string) => Promise<Pick<Outbox, "entries" | "close">>,
): Promise<readonly OutboxEntry[]> {
  const all: OutboxEntry[] = [];
  for (let at = 0; at < slots.length; at += AT_ONCE) {
    const read = slots.slice(at, at + AT_ONCE).map(async (slot) => {
      const outbox = await openOutbox(slot);
      return outbox.entries().finally(() => outbox.close());
    });
    all.push(...(await Promise.all(read)).flat());
  }
  return all;
}
