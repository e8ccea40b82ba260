import type { CommandId } from "#shared/domain/ids.ts";
import type { Outbox, OutboxEntry } from "#shared/ports/outbox.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** A gateway's outbox on a simulated disk. */
export function openSimulatedOutbox(disk: SimulatedDisk, name: string, life: Life): Outbox {
  // A map keeps the place of a key that is set again.
  const file = disk.file(`outbox ${name}`, () => new Map<CommandId, OutboxEntry>());
  const commits = disk.commits("outbox", name, life);
  return {
    put: (entries) => {
      const taken = [...entries];
      return commits.write(() => {
        for (const entry of taken) file.set(entry.envelope.commandId, entry);
      });
    },
    remove: (commandIds) => {
      const taken = [...commandIds];
      return commits.write(() => {
        for (const commandId of taken) file.delete(commandId);
      });
    },
    entries: () => disk.reading(life, () => [...file.values()]),
    close: async () => commits.flush(),
  };
}
