import type { Experiment } from "../experiment.ts";
import { regionOf, zonesOf } from "./parts.ts";

/** A whole Region stops answering: gateway, logs and both zones. It stands still instead of dying, for the supervisor would start it again. */
export const regionLoss: Experiment = {
  name: "region-loss",
  what: "all processes of the first Region stand still",
  notHere: () => undefined,
  hurt: async (stage) => {
    const region = regionOf(stage);
    for (const name of [region, ...zonesOf(region)]) await stage.control.signal(name, "SIGSTOP");
  },
  heal: async (stage) => {
    const region = regionOf(stage);
    for (const name of [...zonesOf(region), region]) await stage.control.signal(name, "SIGCONT");
  },
};
