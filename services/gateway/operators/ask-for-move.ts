import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { PromotionOutcome, TaskRequests } from "#shared/ports/task-requests.ts";

/** A move takes less than two seconds; nobody waits longer than this. */
const WITHIN_MS = 15_000;

/** Has the task that publishes a shard move it; `unreachable` where nobody does it in time. */
export async function askForMove(
  requests: Pick<TaskRequests, "ask">,
  shard: ShardId,
  to: RegionId,
): Promise<PromotionOutcome> {
  const reply = await requests.ask("promote", shard, { to }, WITHIN_MS);
  return reply.outcome === "done" ? reply.answer : "unreachable";
}
