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

/** The gateway of one Region, past the edge. */
export async function gatewayOf({ control }: Stage, region: string): Promise<string> {
  const { regions } = await control.status();
  const port = regions.find((each) => each.region === region)?.gatewayPort;
  if (port === undefined) throw new Error(`there is no Region ${region}`);
  return `http://127.0.0.1:${port}`;
}

/** For experiments on servers that play AWS. */
export function needsServers(why: string): (stage: Stage) => string | undefined {
  return ({ backend }) => (backend === "aws-local" ? undefined : `needs --backend aws-local: ${why}`);
}

/** For experiments on the ways between Regions. */
export function needsThree({ regions }: Stage): string | undefined {
  return regions.length === 3 ? undefined : "needs three Regions, as npm start runs them";
}
