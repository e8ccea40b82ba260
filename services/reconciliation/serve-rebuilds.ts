import { NotNow } from "#services/gateway/operators/operated-platform.ts";
import { type RebuildDependencies, rebuildTables } from "#services/projector/rebuild-tables.ts";
import { answerOf } from "#services/task/answer-of.ts";
import type { ShardDefinition } from "#shared/config/definitions.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { TaskRequests } from "#shared/ports/task-requests.ts";
import type { Log } from "#shared/telemetry/log.ts";

export interface ServedRebuilds {
  readonly requests: Pick<TaskRequests, "serve">;
  readonly shards: readonly ShardDefinition[];
  readonly sourcesOf: (shard: ShardDefinition["id"]) => Pick<RebuildDependencies, "turns" | "open" | "clock">;
  readonly log: Log;
}

/** Makes the tables of shards anew when operators ask for it: the functions that write them live too short for a long journal. */
export function serveRebuilds({ requests, shards, sourcesOf, log }: ServedRebuilds): Promise<Subscription> {
  return requests.serve(
    shards.map(({ id }) => id),
    {
      rebuildProjections: (shard) =>
        answerOf(async () => {
          const markets = shards.find(({ id }) => id === shard)?.markets;
          assert(markets !== undefined, `the shard ${shard} is one of those that are served`);
          log.info({ shard }, "tables-rebuild-begun");
          const rebuilt = await rebuildTables({ shard, markets, ...sourcesOf(shard) }).catch(
            (error: unknown) => {
              if (!(error instanceof OperatingError)) throw error;
              log.warn({ shard, err: error }, "tables-rebuild-failed");
              throw new NotNow("the tables or the journal cannot be reached, or another task writes them");
            },
          );
          if (rebuilt === undefined)
            throw new NotNow("the journal does not reach back to its beginning, or has gone back meanwhile");
          log.info({ shard, seq: rebuilt.seq }, "tables-rebuilt");
          return { seq: rebuilt.seq };
        }),
    },
  );
}
