import type { ShardId } from "#shared/domain/ids.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import type { ShardStores, Stores } from "#shared/ports/stores.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoAuditTrail } from "../dynamodb/dynamo-audit-trail.ts";
import { openDynamoIdentityStore } from "../dynamodb/dynamo-identity-store.ts";
import { openDynamoOutbox } from "../dynamodb/dynamo-outbox.ts";
import { openDynamoProjections } from "../dynamodb/dynamo-projections.ts";
import { Closers } from "./closers.ts";
import { type AwsFoldStoresOptions, openAwsFoldStores } from "./open-fold-stores.ts";

export interface AwsStoresOptions extends Omit<AwsFoldStoresOptions, "folded"> {
  /** The tables of the Region that writes users and keys. */
  readonly home: Dynamo;
  readonly sealer: Sealer;
}

/** Opens everything durable of a Region for a process that does everything in it. Rejects with an `OperatingError`; nothing is left open then. */
export async function openAwsStores(options: AwsStoresOptions): Promise<Stores> {
  const { dynamo, home, sealer, node } = options;
  const closers = new Closers();
  const fold = await closers.opened(openAwsFoldStores(options));
  const withTables = async (shard: ShardId): Promise<readonly [ShardId, ShardStores]> => {
    const own = fold.shards.get(shard);
    if (own === undefined) throw new Error(`the stores of ${shard} are open`);
    return [
      shard,
      { ...own, projections: await closers.opened(openDynamoProjections({ dynamo, shards: [shard] })) },
    ];
  };
  return closers.orClosed(async () => ({
    ...fold,
    shards: new Map(await Promise.all(options.shards.map(withTables))),
    outbox: await closers.opened(openDynamoOutbox({ dynamo, gateway: node })),
    identity: await closers.opened(openDynamoIdentityStore({ dynamo, home, sealer })),
    audit: await closers.opened(openDynamoAuditTrail({ dynamo })),
    close: () => closers.close(),
  }));
}
