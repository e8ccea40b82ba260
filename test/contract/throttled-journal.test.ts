import { JournalThrottle } from "#local/region-process/journal-throttle.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { adapters } from "./embedded-adapters.ts";
import { journalContract } from "./journal-contract.ts";

// Fast enough for the suite, and every append waits: a throttled journal promises what any other does.
const throttle = new JournalThrottle(systemClock());
throttle.set(20_000);
journalContract({
  ...adapters,
  world: `${adapters.world}, throttled`,
  journal: {
    ...adapters.journal,
    open: async (place) => throttle.wrap(await adapters.journal.open(place)),
  },
});
