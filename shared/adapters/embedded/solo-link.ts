import type { RegionId } from "#shared/domain/ids.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";

/** The link of a Region that is alone: there is nobody to reach, and nobody asks. */
export function createSoloLink(self: RegionId): RegionLink {
  return {
    self,
    request: async () => ({ ok: false, error: "unreachable" }),
    serve: () => {},
  };
}
