import type { Experiment } from "../experiment.ts";

/** The matching process that publishes and its zone are lost; the other zone goes on. */
export const zoneLoss: Experiment = {
  name: "zone-loss",
  what: "the matching process that publishes is killed in every Region",
  notHere: () => undefined,
  hurt: async ({ control }) => {
    const { regions } = await control.status();
    for (const { region, observation } of regions) {
      const active = observation?.zones.find(({ isActive }) => isActive);
      if (active === undefined) throw new Error(`no zone of ${region} publishes`);
      await control.signal(`${region}/${active.zone}`, "SIGKILL");
    }
  },
  heal: async () => {},
};
