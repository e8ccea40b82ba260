import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { AppendAnswer, CommandAppender } from "#shared/ports/command-log.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
import { divertedLink } from "./diverted-link.ts";
import { inTime } from "./in-time.ts";

export interface LogAppendersOptions {
  /** What everything else goes over. */
  readonly link: RegionLink;
  /** The way into a shard's log in another Region. */
  readonly appenderOf: (region: RegionId, shard: ShardId) => CommandAppender;
  readonly clock: Clock;
}

/** A link whose appends to other Regions' logs are put into their streams, and not sent to their processes: the log takes commands while nobody there folds. */
export function withLogAppenders({ link, appenderOf, clock }: LogAppendersOptions): RegionLink {
  return divertedLink(link, (to, { kind, request }, timeoutMs) => {
    if (kind !== "log.append") return undefined;
    const { shard, commands } = request;
    return inTime(appendAll(appenderOf(to, shard), commands), clock, timeoutMs);
  });
}

/** All of them at once: an appender keeps their order, and puts together what comes together. Results stop at the first that was not appended. */
async function appendAll(
  appender: CommandAppender,
  commands: readonly Uint8Array[],
): Promise<LinkProtocol["log.append"]["answer"]> {
  const all = await Promise.all(commands.map((bytes) => appender.append(bytes)));
  const failed = all.findIndex(({ ok }) => !ok);
  const results: readonly AppendAnswer[] = failed < 0 ? all : all.slice(0, failed + 1);
  return { results };
}
