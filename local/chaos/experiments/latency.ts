import type { Experiment } from "../experiment.ts";
import { needsThree } from "./parts.ts";

const DELAY_MS = 400;
const JITTER_MS = 200;
const LOSS_PPM = 20_000;

/** Slow and lossy links everywhere. */
export const latency: Experiment = {
  name: "latency",
  what: `all links take ${DELAY_MS} to ${DELAY_MS + JITTER_MS} ms each way and lose one message in ${1_000_000 / LOSS_PPM}`,
  notHere: needsThree,
  hurt: async ({ control, regions }) => {
    for (const from of regions)
      for (const to of regions)
        if (from !== to)
          await control.changeLink(
            { from, to },
            { delayMs: DELAY_MS, jitterMs: JITTER_MS, lossPpm: LOSS_PPM },
          );
  },
  heal: ({ control }) => control.resetLinks(),
};
