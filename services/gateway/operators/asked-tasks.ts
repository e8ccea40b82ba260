import type { ShardId } from "#shared/domain/ids.ts";
import type { TaskRequests, TaskWork, TaskWorkKind } from "#shared/ports/task-requests.ts";
import { NotNow, UnderWay } from "./operated-platform.ts";

/** Load balancers and API Gateway give up after half a minute: who asks hears before that how it stands. */
const WITHIN_MS = 20_000;
/** Who does it, where nobody answers. */
const DOERS: Readonly<Record<TaskWorkKind, string>> = {
  promote: "task of matching that publishes the shard",
  takeSnapshot: "task of matching that publishes the shard",
  digests: "task of matching that publishes the shard",
  digestAt: "task of matching that publishes the shard",
  replay: "task of matching that publishes the shard",
  rebuildProjections: "task reconciliation",
};

/** Has a task of the Region do what a gateway cannot. Throws `NotNow` and `UnderWay`. */
export async function askTask<K extends TaskWorkKind>(
  requests: Pick<TaskRequests, "ask">,
  kind: K,
  shard: ShardId,
  asked: TaskWork[K]["asked"],
  withinMs = WITHIN_MS,
): Promise<TaskWork[K]["answer"]> {
  const reply = await requests.ask(kind, shard, asked, withinMs);
  switch (reply.outcome) {
    case "done":
      return reply.answer;
    case "refused":
      throw new NotNow(reply.why);
    case "under-way":
      throw new UnderWay(`the ${DOERS[kind]} is at it`);
    case "unanswered":
      throw new NotNow(`the ${DOERS[kind]} does not answer, or was asked for another thing`);
    default:
      throw reply satisfies never;
  }
}
