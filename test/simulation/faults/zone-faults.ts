import { SimulatedZones } from "#test/simulation/zones/simulated-zones.ts";
import type { Fault, FaultSurroundings } from "./fault.ts";

function someZone({ cluster, random }: FaultSurroundings) {
  const region = random.pick(cluster.regions);
  const name = random.pick(SimulatedZones.NAMES);
  return { zones: cluster.running(region)?.zones, name, where: `${region} ${name}` };
}

export const ZONE_FAULTS: readonly Fault[] = [
  {
    name: "a zone is lost",
    weight: 6,
    leastRegions: 1,
    begin: (around) => {
      const { zones, name, where } = someZone(around);
      zones?.kill(name);
      return { where, end: () => {} };
    },
  },
  {
    name: "both zones of a Region are lost",
    weight: 2,
    leastRegions: 1,
    begin: (around) => {
      const { zones, where } = someZone(around);
      for (const name of SimulatedZones.NAMES) zones?.kill(name);
      return { where, end: () => {} };
    },
  },
  {
    name: "a zone stands still, and then publishes beside the other",
    weight: 5,
    leastRegions: 1,
    begin: (around) => {
      const { zones, name, where } = someZone(around);
      const goOn = zones?.freeze(name);
      return { where, end: () => goOn?.() };
    },
  },
];
