import type { RegionId } from "#shared/domain/ids.ts";

/** One way between two Regions on a good day, ms: about what the AWS backbone takes. */
const DISTANCES: Readonly<Record<string, number>> = {
  "ap-northeast-1 us-east-1": 75,
  "eu-west-1 us-east-1": 38,
  "ap-northeast-1 eu-west-1": 105,
};

export function distanceMs(from: RegionId, to: RegionId): number {
  return DISTANCES[[from, to].toSorted().join(" ")] ?? 50;
}
