import type { IncomingMessage } from "node:http";
import { clientLocation } from "./client-location.ts";
import { roundTripMs } from "./locations.ts";
import type { RegionHealth } from "./region-health.ts";

/** Where a request goes. */
export interface Route {
  readonly region: string;
  readonly port: number;
  /** How long each direction takes. */
  readonly oneWayMs: number;
}

/** The healthy Region that is nearest to where the client says it is; the first of them for a client that does not say. `undefined` if none is healthy. */
export function routeClient(
  request: IncomingMessage,
  health: RegionHealth,
  tried: ReadonlySet<string>,
): Route | undefined {
  const location = clientLocation(request);
  const [nearest] = health.reports
    .filter(({ isHealthy, region }) => isHealthy && !tried.has(region))
    .map(({ region }) => ({ region, ms: roundTripMs(location, region) }))
    .toSorted((a, b) => a.ms - b.ms);
  if (nearest === undefined) return undefined;
  return { region: nearest.region, port: health.portOf(nearest.region), oneWayMs: nearest.ms / 2 };
}
