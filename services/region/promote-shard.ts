import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { PromotionOutcome } from "#shared/ports/task-requests.ts";
import type { RegionCore } from "./region-core.ts";

/** The planned move of a shard that this Region owns to another one; resolves when that owns it, or when it is sure that it does not. */
export async function promoteShard(
  core: RegionCore,
  shard: ShardId,
  to: RegionId,
): Promise<PromotionOutcome> {
  const result = await core.nodes.get(shard)?.ownership.promote(to);
  if (result === undefined) return "refused";
  if (result.ok || result.error === "already-owner") return "done";
  return result.error === "unconfirmed" || result.error === "successor-not-ready" ? "unreachable" : "refused";
}
