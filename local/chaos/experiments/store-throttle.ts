import type { Experiment } from "../experiment.ts";
import { regionOf } from "./parts.ts";

/** Of a shard; ticks alone are about half as many. */
const JOURNAL_PER_SECOND = 10;

/** The journal takes a fraction of what is folded: acceptance goes on until admission control slows and then refuses new orders. */
export const storeThrottle: Experiment = {
  name: "store-throttle",
  what: `the journals of the first Region take ${JOURNAL_PER_SECOND} outcomes a second each; on aws-local its DynamoDB table refuses nearly every write`,
  notHere: () => undefined,
  hurt: async (stage) => {
    if (stage.backend === "aws-local") await stage.control.throttleJournal(regionOf(stage), true);
    else await stage.control.updateRegion(regionOf(stage), { journalPerSecond: JOURNAL_PER_SECOND });
  },
  heal: async (stage) => {
    if (stage.backend === "aws-local") await stage.control.throttleJournal(regionOf(stage), false);
    else await stage.control.updateRegion(regionOf(stage), { journalPerSecond: null });
  },
};
