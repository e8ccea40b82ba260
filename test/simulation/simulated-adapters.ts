import { adapters as embedded } from "#test/contract/embedded-adapters.ts";
import type { Adapters, Place } from "#test/contract/support/adapters.ts";
import { SEED } from "#test/support/seed.ts";
import { SimulatedRandom } from "./chance/simulated-random.ts";
import { Life } from "./process/life.ts";
import { openSimulatedAcceptor } from "./storage/simulated-acceptor.ts";
import { openSimulatedCommandLog } from "./storage/simulated-command-log.ts";
import { openSimulatedCounters } from "./storage/simulated-counters.ts";
import { SimulatedDisk } from "./storage/simulated-disk.ts";
import { openSimulatedJournal } from "./storage/simulated-journal.ts";
import { openSimulatedLogCopies } from "./storage/simulated-log-copies.ts";
import { openSimulatedReconciliationStore } from "./storage/simulated-reconciliation-store.ts";
import { openSimulatedSnapshotStore } from "./storage/simulated-snapshot-store.ts";
import { RunningTime } from "./time/running-time.ts";

const time = new RunningTime();
const disks = new Map<Place, SimulatedDisk>();
let places = 0;

function diskOf(place: Place): SimulatedDisk {
  const disk = disks.get(place) ?? new SimulatedDisk(new SimulatedRandom(SEED));
  disks.set(place, disk);
  return disk;
}

const life = () => new Life("a test", time);

/** The ports that the simulator replaces, on simulated disks; the suites of the others are not run in this world. */
export const adapters: Adapters = {
  ...embedded,
  world: "simulated",
  module: import.meta.url,
  makePlace: async () => `disk ${++places}`,
  removePlace: async (place) => void disks.delete(place),
  commandLog: {
    open: async (place, options) => openSimulatedCommandLog(diskOf(place), "a", life(), { ...options }),
  },
  logCopies: { open: async (place) => openSimulatedLogCopies(diskOf(place), "a", life()) },
  journal: { open: async (place) => openSimulatedJournal(diskOf(place), "a", life()) },
  snapshots: { open: async (place) => openSimulatedSnapshotStore(diskOf(place), "a", life()) },
  counters: { open: async (place) => openSimulatedCounters(diskOf(place), "a") },
  reconciliations: {
    open: async (place) => openSimulatedReconciliationStore(diskOf(place), "a", life()),
  },
  acceptor: { open: async (place) => openSimulatedAcceptor(diskOf(place), "a", life()) },
};
