import type { Experiment } from "../experiment.ts";

/** The matching process that publishes and its zone are lost; the other zone goes on. */
export const zoneLoss: Experiment = {
  name: "zone-loss",
  what: "one of the two matching processes of every Region is killed",
  notHere: () => undefined,
  hurt: async ({ control, regions }) => {
    for (const region of regions) await control.signal(`${region}/a`, "SIGKILL");
  },
  heal: async () => {},
};
