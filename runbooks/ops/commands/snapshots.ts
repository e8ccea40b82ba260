import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { SnapshotsAnswer, TakeSnapshotAnswer } from "../platform.ts";
import { shardNamed } from "../shard-named.ts";
import { wouldBeDone } from "../would-be-done.ts";

const HEAD = ["region", "shard", "branch", "seq", "bytes", "digest"];

/** From where each Region would restore itself. */
export const SNAPSHOTS: OpsCommand = {
  usage: "snapshots SHARD",
  what: "the snapshots that each Region keeps of a shard, the newest first",
  examples: ["snapshots crypto-1", "snapshots crypto-1 --region eu-west-1"],
  arity: 1,
  isDangerous: false,
  run: async (platform, { args, region }) => {
    const shard = await shardNamed(platform, args);
    const path = `/meridian/v1/operator/shards/${shard}/snapshots`;
    const regions = await Promise.all(
      (await platform.doors(region)).map(async (door) => {
        const { snapshots } = await platform.look<SnapshotsAnswer>(path, door.place);
        return { region: door.region, snapshots };
      }),
    );
    const rows = regions.flatMap((one) =>
      one.snapshots.map(({ branch, seq, bytes, digest }) => {
        return [one.region, shard, branch, String(seq), String(bytes), digest];
      }),
    );
    const text = rows.length === 0 ? "No Region has taken a snapshot yet." : table(HEAD, rows);
    return { json: { shard, regions }, text };
  },
};

/** One more, before something risky. */
export const SNAPSHOT: OpsCommand = {
  usage: "snapshot SHARD",
  what: "takes a snapshot of a shard in each Region now; nobody feels it",
  examples: ["snapshot crypto-1", "snapshot crypto-1 --region us-east-1"],
  arity: 1,
  isDangerous: false,
  run: async (platform, { args, region, isDryRun }) => {
    const shard = await shardNamed(platform, args);
    const doors = await platform.doors(region);
    if (isDryRun)
      return wouldBeDone(shard, doors, (names) => `${shard}: a snapshot would be taken in ${names}`);
    const path = `/meridian/v1/operator/shards/${shard}/snapshots`;
    const taken = await Promise.all(
      doors.map(async (door) => {
        const answer = await platform.post<TakeSnapshotAnswer>(path, {}, door.place);
        return { region: door.region, ...answer };
      }),
    );
    const rows = taken.map(({ region: name, branch, seq, bytes, digest }) => {
      return [name, shard, branch, String(seq), String(bytes), digest];
    });
    return { json: { shard, snapshots: taken, done: true }, text: table(HEAD, rows) };
  },
};
