import type { RegionId } from "#shared/domain/ids.ts";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
import { inTime } from "./in-time.ts";

export interface AcceptorLinkOptions {
  /** What everything else goes over. */
  readonly link: RegionLink;
  /** The other Regions' acceptors, each on the table of its Region. */
  readonly acceptors: ReadonlyMap<RegionId, Acceptor>;
  readonly clock: Clock;
}

/**
 * A link whose questions to other Regions' acceptors go to their tables, not to their processes: the register then stands as long as a majority of the tables
 * answers, also where no task of a Region runs. An answer that comes too late is dropped, as on any link.
 */
export function withAcceptorTables({ link, acceptors, clock }: AcceptorLinkOptions): RegionLink {
  return {
    self: link.self,
    serve: (kind, handler) => link.serve(kind, handler),
    request: async <K extends keyof LinkProtocol>(
      to: RegionId,
      kind: K,
      request: LinkProtocol[K]["request"],
      timeoutMs: number,
    ) => {
      const acceptor = acceptors.get(to);
      const answer = acceptor === undefined ? undefined : ask(acceptor, { kind, request } as Question);
      if (answer === undefined) return link.request(to, kind, request, timeoutMs);
      return inTime(answer as Promise<LinkProtocol[K]["answer"]>, clock, timeoutMs);
    },
  };
}

type AcceptorKind = "acceptor.read" | "acceptor.prepare" | "acceptor.accept";
type Question = {
  [K in AcceptorKind]: { readonly kind: K; readonly request: LinkProtocol[K]["request"] };
}[AcceptorKind];

/** `undefined` for what is no question to an acceptor. */
function ask(acceptor: Acceptor, question: Question): Promise<unknown> | undefined {
  switch (question.kind) {
    case "acceptor.read":
      return acceptor.read(question.request.shard);
    case "acceptor.prepare":
      return acceptor.prepare(question.request.shard, question.request.ballot);
    case "acceptor.accept":
      return acceptor.accept(question.request.shard, question.request.ballot, question.request.value);
    default:
      return undefined;
  }
}
