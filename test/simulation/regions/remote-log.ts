import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { AppendResult } from "#shared/ports/command-log.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";

/** Appending to another Region's log over the link. */
export function remoteLog(
  link: RegionLink,
  owner: RegionId,
  shard: ShardId,
): (bytes: Uint8Array) => Promise<AppendResult> {
  return async (bytes) => {
    const reply = await link.request(owner, "log.append", { shard, commands: [bytes] }, 2000);
    if (!reply.ok) return { ok: false, error: "unknown" };
    return reply.answer.results[0] ?? { ok: false, error: "unknown" };
  };
}
