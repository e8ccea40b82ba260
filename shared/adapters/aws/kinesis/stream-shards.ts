import { ListShardsCommand, type Shard } from "@aws-sdk/client-kinesis";
import { within } from "./pause.ts";
import type { StreamAccess } from "./stream-access.ts";

/** The shards of a stream, open ones and those that were split or merged and still hold records. */
export interface StreamShards {
  /** The oldest shard that holds or held a hash key. */
  firstOf(hashKey: string): Promise<string>;
  /** What a hash key went on to when a shard was closed; `undefined` if nothing is listed (yet). */
  childOf(shard: string, hashKey: string): Promise<string | undefined>;
  has(shard: string): Promise<boolean>;
}

export function streamShards(access: StreamAccess): StreamShards {
  return {
    async firstOf(hashKey) {
      const covering = (await listShards(access)).filter((shard) => covers(shard, hashKey));
      const ids = new Set(covering.map(({ ShardId }) => ShardId));
      // Parents before children: the root is the one whose own parents are gone.
      const root = covering.find(({ ParentShardId, AdjacentParentShardId }) => {
        return !ids.has(ParentShardId) && !ids.has(AdjacentParentShardId);
      });
      if (root?.ShardId === undefined)
        throw new Error(`${access.streamName} has no shard for ${hashKey} yet`);
      return root.ShardId;
    },
    async childOf(shard, hashKey) {
      const child = (await listShards(access)).find(
        (each) =>
          (each.ParentShardId === shard || each.AdjacentParentShardId === shard) && covers(each, hashKey),
      );
      return child?.ShardId;
    },
    has: async (shard) => (await listShards(access)).some(({ ShardId }) => ShardId === shard),
  };
}

/** How many of a stream's shards are written to now. */
export async function openShardCount(access: StreamAccess): Promise<number> {
  const shards = await listShards(access);
  return shards.filter(({ SequenceNumberRange: range }) => range?.EndingSequenceNumber === undefined).length;
}

/** A stream has at most some thousands of shards, a thousand a page. */
const PAGES_MAX = 100;

async function listShards({ client, streamName, clock, requestTimeoutMs }: StreamAccess): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const command = new ListShardsCommand(
      token === undefined ? { StreamName: streamName } : { NextToken: token },
    );
    const answer = await within(clock, requestTimeoutMs, undefined, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    shards.push(...(answer.Shards ?? []));
    token = answer.NextToken;
    if (token === undefined) return shards;
  }
  throw new Error(`${streamName} lists more shards than a stream has`);
}

function covers({ HashKeyRange }: Shard, hashKey: string): boolean {
  const { StartingHashKey, EndingHashKey } = HashKeyRange ?? {};
  if (StartingHashKey === undefined || EndingHashKey === undefined) return false;
  const key = BigInt(hashKey);
  return BigInt(StartingHashKey) <= key && key <= BigInt(EndingHashKey);
}
