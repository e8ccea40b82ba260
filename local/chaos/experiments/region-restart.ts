import type { Experiment } from "../experiment.ts";
import { regionOf, zonesOf } from "./parts.ts";

/** Every process of a Region dies at once and is started again. */
export const regionRestart: Experiment = {
  name: "region-restart",
  what: "all processes of the first Region are killed at once; the supervisor starts them again",
  notHere: () => undefined,
  hurt: async (stage) => {
    const region = regionOf(stage);
    for (const name of [region, ...zonesOf(region)]) await stage.control.signal(name, "SIGKILL");
  },
  heal: async () => {},
};
