import type { ZoneHub } from "#services/matching/zones/zone-hub.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { OpenTracing } from "#shared/telemetry/open-tracing.ts";

export interface KeepersElsewhere {
  readonly regions: readonly RegionId[];
  readonly link: RegionLink;
  /** None where the folds are in this process. */
  readonly hub: ZoneHub | undefined;
}

const TIMEOUT_MS = 2000;
/** What one message may name. */
const TRACES_MAX = 1000;

/** What a rule keeps here is kept by the Region's zones and by the other Regions too, as far as they can be reached before they forget it. */
export function spreadKept(traces: OpenTracing, { regions, link, hub }: KeepersElsewhere): void {
  const keep = (traceIds: readonly string[]) => {
    traces.keptElsewhere(traceIds);
    hub?.broadcast({ t: "kept", traceIds });
  };
  traces.onKept((traceIds) => {
    hub?.broadcast({ t: "kept", traceIds });
    for (const region of regions)
      if (region !== link.self) void link.request(region, "trace.kept", { traceIds }, TIMEOUT_MS);
  });
  link.serve("trace.kept", async (_from, { traceIds }) => {
    keep(traceIds.slice(0, TRACES_MAX));
    return { ok: true };
  });
}
