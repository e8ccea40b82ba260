import { after, before } from "mocha";
import { type RedisServer, startRedis } from "#local/aws-local/start-redis.ts";
import { openRedisSnapshotStore } from "#shared/adapters/aws/redis/redis-snapshot-store.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { snapshotStoreContract } from "./snapshot-store-contract.ts";
import type { Adapters } from "./support/adapters.ts";

let server: RedisServer;
let count = 0;

before(async () => {
  server = await startRedis({ clock: systemClock() });
});
after(() => server.stop());

const fail = (error: Error) => {
  throw error;
};
snapshotStoreContract({
  world: "Redis",
  makePlace: async () => `place-${++count}:`,
  removePlace: async () => {},
  snapshots: {
    open: async (prefix: string) => openRedisSnapshotStore({ url: server.redisUrl, prefix, onError: fail }),
  },
} as Partial<Adapters> as Adapters);
