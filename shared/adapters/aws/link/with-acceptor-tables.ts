import type { RegionId } from "#shared/domain/ids.ts";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { divertedLink, type LinkQuestion } from "./diverted-link.ts";
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
  return divertedLink(link, (to, question, timeoutMs) => {
    const acceptor = acceptors.get(to);
    const answer = acceptor === undefined ? undefined : ask(acceptor, question);
    return answer === undefined ? undefined : inTime(answer, clock, timeoutMs);
  });
}

/** `undefined` for what is no question to an acceptor. */
function ask(acceptor: Acceptor, question: LinkQuestion): Promise<unknown> | undefined {
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
