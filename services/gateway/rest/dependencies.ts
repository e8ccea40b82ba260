import type { Clock } from "#shared/ports/clock.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { Random } from "#shared/ports/random.ts";
import type { OrderEntry } from "../order-entry.ts";
import type { RegionView } from "../views/region-view.ts";

/** What the routes work with. */
export interface RestDependencies {
  readonly view: RegionView;
  readonly entry: OrderEntry;
  readonly projections: Projections;
  readonly clock: Clock;
  readonly random: Random;
}
