import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { connectRedis, type RedisOptions } from "./redis-connection.ts";

/** How many snapshots of a shard are kept, besides the newest final one. */
const KEPT = 3;

/** Saves one, and forgets all but the newest three and the newest at or before what is final: one step, whoever else writes. */
const SAVE = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
local seqs = {}
for _, seq in ipairs(redis.call('HKEYS', KEYS[1])) do seqs[#seqs + 1] = tonumber(seq) end
table.sort(seqs, function(a, b) return a > b end)
local final = nil
for at, seq in ipairs(seqs) do
  if final == nil and seq <= tonumber(ARGV[4]) then final = seq end
end
for at, seq in ipairs(seqs) do
  if at > tonumber(ARGV[5]) and seq ~= final then
    redis.call('HDEL', KEYS[1], string.format('%.0f', seq))
    redis.call('HDEL', KEYS[2], string.format('%.0f', seq))
  end
end`;

/** Forgets those beyond a seq. */
const REWIND = `
for _, seq in ipairs(redis.call('HKEYS', KEYS[1])) do
  if tonumber(seq) > tonumber(ARGV[1]) then
    redis.call('HDEL', KEYS[1], seq)
    redis.call('HDEL', KEYS[2], seq)
  end
end`;

export interface RedisSnapshotStoreOptions extends RedisOptions {
  /** Before every key. */
  readonly prefix: string;
}

/**
 * Snapshots of shards in Redis: for displays that begin with a book and then follow the feed. Redis may lose what it was told last when it fails over, so recovery reads the durable store, and never this one.
 */
export function openRedisSnapshotStore({ prefix, ...options }: RedisSnapshotStoreOptions): SnapshotStore {
  const redis = connectRedis(options, "wait");
  // One hash slot a shard: the script may touch both keys.
  const keysOf = (shard: ShardId) => [`${prefix}{${shard}}:heads`, `${prefix}{${shard}}:bytes`] as const;
  return {
    save: async ({ shard, seq, branch, position, digest, bytes }: Snapshot, finalSeq: number) => {
      const head = JSON.stringify({ branch, position, digest });
      await redis.eval(SAVE, 2, ...keysOf(shard), seq, head, Buffer.from(bytes), finalSeq, KEPT);
    },
    list: async (shard: ShardId) => {
      const [heads, bodies] = keysOf(shard);
      const found = await redis.multi().hgetall(heads).hgetallBuffer(bodies).exec();
      const [[, byHead] = [], [, byBytes] = []] = found ?? [];
      const bytesOf = byBytes as Record<string, Buffer>;
      return Object.entries((byHead ?? {}) as Record<string, string>)
        .map(([seq, head]): Snapshot => {
          const { branch, position, digest } = JSON.parse(head) as Head;
          const bytes = Uint8Array.from(bytesOf[seq] ?? []);
          return { shard, branch, seq: Number(seq) as Seq, position, digest, bytes };
        })
        .sort((a, b) => b.seq - a.seq);
    },
    rewind: async (shard: ShardId, toSeq: number) => {
      await redis.eval(REWIND, 2, ...keysOf(shard), toSeq);
    },
    close: async () => redis.disconnect(),
  };
}

interface Head {
  readonly branch: BranchId;
  readonly position: number;
  readonly digest: string;
}
