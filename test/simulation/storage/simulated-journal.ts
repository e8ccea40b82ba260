import type { Outcome } from "#shared/domain/event.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Life } from "#test/simulation/process/life.ts";
import { JournalFile } from "./journal-file.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { BATCH, SimulatedSubscription } from "./simulated-subscription.ts";

/** One who subscribed, and how far it was given outcomes. */
interface Reader {
  readonly subscription: SimulatedSubscription<Outcome>;
  seq: number;
  /** Where the tape went back to, and the reader does not know yet. */
  rewoundTo: number | undefined;
}

/**
 * A shard's journal on a simulated disk. It keeps the outcomes as they are: nothing changes them, and turning them into bytes would take most of a
 * run's time.
 */
export function openSimulatedJournal(disk: SimulatedDisk, name: string, life: Life): Journal {
  const file = disk.file(`journal ${name}`, () => new JournalFile());
  const commits = disk.commits("journal", name, life);
  const readers = new Set<Reader>();
  let isClosed = false;
  const reading = <T>(read: () => T) =>
    disk.reading(life, () => {
      if (isClosed) throw new Error(`the journal ${name} is closed`);
      return read();
    });
  return {
    append: (outcomes) => {
      const taken = [...outcomes];
      return commits.write(() => {
        file.append(taken);
        for (const { subscription } of readers) subscription.notify();
      });
    },
    rewind: (toSeq) =>
      commits.write(() => {
        file.rewind(toSeq);
        for (const reader of readers) {
          if (reader.seq <= toSeq) continue;
          reader.seq = toSeq;
          reader.rewoundTo = toSeq;
          reader.subscription.notify();
        }
      }),
    read: (after, limit) => reading(() => file.read(after, limit)),
    readSuperseded: (branch, after, limit) => reading(() => file.readSuperseded(branch, after, limit)),
    branches: () => file.branches(),
    subscribe: (after, onOutcomes, onRewind = () => {}): Subscription => {
      const next = () => {
        const outcomes = isClosed ? [] : file.read(reader.seq, BATCH);
        reader.seq = outcomes.at(-1)?.seq ?? reader.seq;
        return outcomes;
      };
      const tellRewind = () => {
        const { rewoundTo } = reader;
        reader.rewoundTo = undefined;
        return rewoundTo === undefined ? undefined : Promise.resolve(onRewind(rewoundTo as Seq));
      };
      const subscription = new SimulatedSubscription(life, next, onOutcomes, tellRewind);
      const reader: Reader = { subscription, seq: after, rewoundTo: undefined };
      readers.add(reader);
      subscription.notify();
      return {
        cancel: () => {
          subscription.cancel();
          readers.delete(reader);
        },
      };
    },
    lastSeq: () => file.last,
    firstSeq: () => file.first,
    close: async () => {
      if (isClosed) return;
      commits.flush();
      isClosed = true;
      for (const { subscription } of readers) subscription.cancel();
    },
  };
}
