import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { RebuildAnswer, ReplayAnswer } from "../platform.ts";
import { shardNamed } from "../shard-named.ts";
import { wouldBeDone } from "../would-be-done.ts";

/** Whether what is shown is what the log says. */
export const REPLAY: OpsCommand = {
  usage: "replay SHARD",
  what: "folds a shard's log again in each Region, from its beginning or the oldest snapshot that it reaches back to, and compares with the state that is shown there",
  examples: ["replay crypto-1", "replay crypto-1 --region eu-west-1"],
  arity: 1,
  isDangerous: false,
  run: async (platform, { args, region, isDryRun }) => {
    const shard = await shardNamed(platform, args);
    const doors = await platform.doors(region);
    if (isDryRun) return wouldBeDone(shard, doors, (names) => `${shard} would be folded again in ${names}`);
    const replays: (ReplayAnswer & { readonly region: string })[] = [];
    // One after the other: each takes a core for as long as the log is.
    for (const door of doors) {
      const path = `/meridian/v1/operator/shards/${shard}/replay`;
      replays.push({ region: door.region, ...(await platform.post<ReplayAnswer>(path, {}, door.place)) });
    }
    const isBad = replays.some(({ agrees }) => !agrees);
    const rows = replays.map(({ region: name, branch, from, seq, kept, replayed, agrees }) => {
      return [name, branch, String(from), String(seq), kept, replayed, agrees ? "agrees" : "DIFFERS"];
    });
    const text = table(["region", "branch", "from", "seq", "shown", "folded again", ""], rows);
    return { json: { shard, replays, agrees: !isBad }, text, isBad };
  },
};

/** Tables made anew. */
export const REBUILD: OpsCommand = {
  usage: "rebuild SHARD",
  what: "makes orders, trades and candles of a shard anew from the journal, in each Region, while they are read",
  examples: ["rebuild crypto-1 --region eu-west-1 --dry-run", "rebuild crypto-1 --region eu-west-1"],
  arity: 1,
  isDangerous: true,
  run: async (platform, { args, region, isDryRun }) => {
    const shard = await shardNamed(platform, args);
    const rebuilt: { readonly region: string; readonly seq: number | null }[] = [];
    for (const door of await platform.doors(region)) {
      const path = `/meridian/v1/operator/shards/${shard}/projections`;
      const seq = isDryRun ? null : (await platform.post<RebuildAnswer>(path, {}, door.place)).seq;
      rebuilt.push({ region: door.region, seq });
    }
    const rows = rebuilt.map(({ region: name, seq }) => [
      name,
      shard,
      seq === null ? "would be made anew" : `made anew up to seq ${seq}`,
    ]);
    return { json: { shard, rebuilt, done: !isDryRun }, text: table(["region", "shard", "tables"], rows) };
  },
};
