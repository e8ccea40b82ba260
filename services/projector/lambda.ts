import { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoJournal } from "#shared/adapters/aws/dynamodb/dynamo-journal.ts";
import { openDynamoLeaseTable } from "#shared/adapters/aws/dynamodb/dynamo-lease-table.ts";
import { openDynamoProjections } from "#shared/adapters/aws/dynamodb/dynamo-projections.ts";
import { openDynamoSnapshotStore } from "#shared/adapters/aws/dynamodb/dynamo-snapshot-store.ts";
import { Instrumented } from "#shared/adapters/aws/lambda/instrumented.ts";
import { queueFunction } from "#shared/adapters/aws/lambda/queue-function.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { environmentPrefix } from "#shared/config/aws/names.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import { readServiceConfig } from "#shared/config/service-config.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { projectorHandler } from "./projector-handler.ts";
import { ShardTurns } from "./shard-turns.ts";
import { TablesOnDemand } from "./tables-on-demand.ts";

const config = readServiceConfig("projector", process.env);
const region = config.MERIDIAN_REGION as RegionId;
const clock = systemClock();
const dynamo = new Dynamo({ region, prefix: environmentPrefix(config.MERIDIAN_ENVIRONMENT), clock });
const turns = new ShardTurns({ leases: openDynamoLeaseTable({ dynamo }), clock, random: systemRandom() });
const snapshots = openDynamoSnapshotStore({ dynamo });
const tables = new Map<ShardId, TablesOnDemand>();

function tablesOf(shard: ShardId): TablesOnDemand {
  let own = tables.get(shard);
  if (own === undefined) {
    own = new TablesOnDemand({
      shard,
      turns,
      open: async () => ({
        journal: await openDynamoJournal({ dynamo, region, shard }),
        snapshots,
        projections: await openDynamoProjections({ dynamo, shards: [shard] }),
      }),
    });
    tables.set(shard, own);
  }
  return own;
}

/** The projector behind its queue. Each minute it is called without a message too: what is in the journal and on no topic (ticks) moves the tables' stand as well. */
export const handler = queueFunction({
  consumer: "projector",
  instrumented: new Instrumented("projector", config.MERIDIAN_LOG),
  handle: projectorHandler(tablesOf),
  onWake: async () => {
    for (const { id } of defaultDefinitions().shards) await tablesOf(id).catchUp(0);
  },
});
