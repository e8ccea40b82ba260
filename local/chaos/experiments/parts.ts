import type { Stage } from "../experiment.ts";

/** The Region that experiments hurt. */
export function regionOf({ regions }: Stage): string {
  const [first] = regions;
  if (first === undefined) throw new Error("the platform has no Region");
  return first;
}

/** The matching processes of a Region. */
export function zonesOf(region: string): readonly string[] {
  return [`${region}/a`, `${region}/b`];
}

/** For experiments on the ways between Regions. */
export function needsThree({ regions }: Stage): string | undefined {
  return regions.length === 3 ? undefined : "needs three Regions, as npm start runs them";
}
