/** Where a client may say that it is, and how far the Regions are from there: round trips, ms. */
export const LOCATIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "new-york": { "us-east-1": 8, "eu-west-1": 72, "ap-northeast-1": 158 },
  "sao-paulo": { "us-east-1": 114, "eu-west-1": 180, "ap-northeast-1": 260 },
  london: { "us-east-1": 76, "eu-west-1": 10, "ap-northeast-1": 212 },
  frankfurt: { "us-east-1": 90, "eu-west-1": 24, "ap-northeast-1": 224 },
  tokyo: { "us-east-1": 150, "eu-west-1": 210, "ap-northeast-1": 5 },
  singapore: { "us-east-1": 220, "eu-west-1": 175, "ap-northeast-1": 70 },
  sydney: { "us-east-1": 200, "eu-west-1": 255, "ap-northeast-1": 105 },
};

/** How far a Region is that the table does not have. */
const UNKNOWN_MS = 120;

/** The round trip between a location and a Region, ms; none at all for a client that does not say where it is. */
export function roundTripMs(location: string | undefined, region: string): number {
  if (location === undefined) return 0;
  return LOCATIONS[location]?.[region] ?? UNKNOWN_MS;
}
