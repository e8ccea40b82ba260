import type { RegionId } from "#shared/domain/ids.ts";
import type { LinkHandler, RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";

/** Links between Regions of one test: they can be cut, and everything that passes is seen. */
export interface TestLinks {
  of(region: RegionId): RegionLink;
  /** Nothing passes between the two any more, or again. */
  cut(a: RegionId, b: RegionId, isCut?: boolean): void;
  /** Nobody is answered such requests any more, or again. */
  refuse(kind: keyof LinkProtocol, isRefused?: boolean): void;
  /** What was asked, in order. */
  readonly asked: {
    readonly from: RegionId;
    readonly to: RegionId;
    readonly kind: keyof LinkProtocol;
    readonly request: unknown;
  }[];
}

export function createTestLinks(): TestLinks {
  const handlers = new Map<string, LinkHandler<never>>();
  const cuts = new Set<string>();
  const refused = new Set<keyof LinkProtocol>();
  const asked: TestLinks["asked"] = [];
  const isCut = (a: RegionId, b: RegionId) => cuts.has([a, b].sort().join());
  return {
    asked,
    cut: (a, b, cut = true) => {
      if (cut) cuts.add([a, b].sort().join());
      else cuts.delete([a, b].sort().join());
    },
    refuse: (kind, isRefused = true) => {
      if (isRefused) refused.add(kind);
      else refused.delete(kind);
    },
    of: (self) => ({
      self,
      request: async (to, kind, request) => {
        asked.push({ from: self, to, kind, request });
        const handler = handlers.get(`${to} ${kind}`);
        if (handler === undefined || refused.has(kind) || isCut(self, to))
          return { ok: false, error: "unreachable" };
        const answer = await handler(self, structuredClone(request) as never);
        return isCut(self, to)
          ? { ok: false, error: "unreachable" }
          : { ok: true, answer: structuredClone(answer) };
      },
      serve: (kind, handler) =>
        void handlers.set(`${self} ${kind}`, handler as unknown as LinkHandler<never>),
    }),
  };
}
