import type { Outcome } from "#shared/domain/event.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { BATCH, SimulatedSubscription } from "./simulated-subscription.ts";

interface JournalFile {
  first: number;
  readonly rows: Outcome[];
}

/** A shard's journal on a simulated disk. It keeps the outcomes as they are: nothing changes them, and turning them into bytes would take most of the time. */
export function openSimulatedJournal(disk: SimulatedDisk, name: string, life: Life): Journal {
  const file = disk.file<JournalFile>(`journal ${name}`, () => ({ first: 0, rows: [] }));
  const commits = disk.commits(life);
  const subscriptions = new Set<SimulatedSubscription<Outcome>>();
  let isClosed = false;
  const lastSeq = () => (file.first === 0 ? 0 : file.first + file.rows.length - 1);
  const read = (after: number, limit: number): Outcome[] => {
    const begin = Math.max(0, after + 1 - file.first);
    return file.rows.slice(begin, begin + limit);
  };
  const put = (outcomes: readonly Outcome[]) => {
    const fresh = outcomes.filter(({ seq }) => file.first === 0 || seq > lastSeq());
    const [begin] = fresh;
    if (begin === undefined) return;
    const expected = file.first === 0 ? begin.seq : lastSeq() + 1;
    for (const [at, { seq }] of fresh.entries())
      assert(seq === expected + at, `the journal expects seq ${expected + at}, not ${seq}`);
    if (file.first === 0) file.first = begin.seq;
    file.rows.push(...fresh);
    for (const subscription of subscriptions) subscription.notify();
  };
  return {
    append: (outcomes) => {
      const taken = [...outcomes];
      return commits.write(() => put(taken));
    },
    read: (after, limit) =>
      disk.reading(life, () => {
        if (isClosed) throw new Error(`the journal ${name} is closed`);
        return read(after, limit);
      }),
    subscribe: (after, onOutcomes): Subscription => {
      let seq = after;
      const next = () => {
        const outcomes = isClosed ? [] : read(seq, BATCH);
        seq = outcomes.at(-1)?.seq ?? seq;
        return outcomes;
      };
      const subscription = new SimulatedSubscription(life, next, onOutcomes);
      subscriptions.add(subscription);
      subscription.notify();
      return {
        cancel: () => {
          subscription.cancel();
          subscriptions.delete(subscription);
        },
      };
    },
    lastSeq,
    firstSeq: () => file.first,
    close: async () => {
      if (isClosed) return;
      commits.flush();
      isClosed = true;
      for (const subscription of subscriptions) subscription.cancel();
    },
  };
}
