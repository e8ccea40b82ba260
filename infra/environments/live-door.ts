import type { Environment } from "./environment.ts";

/**
 * Where browsers' sockets come in. Of several Regions Route 53 chooses the nearest healthy one, which it can among public names only; one Region is no choice, and CloudFront
 * reaches its internal door by a VPC origin. docs/decisions/0028-no-public-door-where-one-region-is-all.md
 */
export function liveDoorOf({ regions }: Pick<Environment, "regions">): "public" | "internal" {
  return regions.length > 1 ? "public" : "internal";
}
