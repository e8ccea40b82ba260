import { isCanonical, type RouteState } from "#services/gateway/intake/shard-route.ts";
import type { CanonicalCommand } from "#services/reconciliation/canonical-side.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";

export interface CanonicalWay {
  readonly shard: ShardId;
  readonly log: CommandLog;
  readonly link: RegionLink;
  readonly timeoutMs: number;
}

/** Appends commands to the log of the shard's present owner, naming its branch, in order; never to a fork. False when not all is known to be appended. */
export async function appendCanonical(
  { shard, log, link, timeoutMs }: CanonicalWay,
  state: RouteState,
  commands: readonly CanonicalCommand[],
): Promise<boolean> {
  if (!isCanonical(state)) return false;
  const { branch } = state;
  const records = commands.map(({ commandId, validUntil, command }) =>
    encodeCommand({ commandId, branch, validUntil, command }),
  );
  if (state.kind === "own") {
    for (const bytes of records) if (!(await log.append(bytes)).ok) return false;
    return true;
  }
  const reply = await link.request(state.owner, "log.append", { shard, commands: records }, timeoutMs);
  if (!reply.ok) return false;
  const { results } = reply.answer;
  return results.length === records.length && results.every(({ ok }) => ok);
}
