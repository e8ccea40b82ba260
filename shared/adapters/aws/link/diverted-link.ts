import type { RegionId } from "#shared/domain/ids.ts";
import type { LinkAnswer, RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";

/** A request by its kind. */
export type LinkQuestion = {
  [K in keyof LinkProtocol]: { readonly kind: K; readonly request: LinkProtocol[K]["request"] };
}[keyof LinkProtocol];

/** Answers some questions to a Region another way; `undefined` for those that go over the link. What it gives for a kind is an answer of that kind. */
export type Diversion = (
  to: RegionId,
  question: LinkQuestion,
  timeoutMs: number,
) => Promise<LinkAnswer<unknown> | undefined> | undefined;

/** A link of whose questions some are answered another way. */
export function divertedLink(link: RegionLink, diversion: Diversion): RegionLink {
  return {
    self: link.self,
    serve: (kind, handler) => link.serve(kind, handler),
    request: async <K extends keyof LinkProtocol>(
      to: RegionId,
      kind: K,
      request: LinkProtocol[K]["request"],
      timeoutMs: number,
    ) => {
      const answer = await diversion(to, { kind, request } as LinkQuestion, timeoutMs);
      if (answer === undefined) return link.request(to, kind, request, timeoutMs);
      return answer as LinkAnswer<LinkProtocol[K]["answer"]>;
    },
  };
}
