import type { Experiment } from "../experiment.ts";
import { regionOf } from "./parts.ts";

/** Of a shard; ticks alone are about half as many. */
const JOURNAL_PER_SECOND = 10;

/** The journal takes a fraction of what is folded: acceptance goes on until admission control slows and then refuses new orders. */
export const storeThrottle: Experiment = {
  name: "store-throttle",
  what: `the journals of the first Region take ${JOURNAL_PER_SECOND} outcomes a second each`,
  notHere: () => undefined,
  hurt: async (stage) => {
    await stage.control.updateRegion(regionOf(stage), { journalPerSecond: JOURNAL_PER_SECOND });
  },
  heal: async (stage) => {
    await stage.control.updateRegion(regionOf(stage), { journalPerSecond: null });
  },
};
