import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { DigestsAnswer, Door, Platform } from "../platform.ts";
import { shardNamed } from "../shard-named.ts";

type Digest = DigestsAnswer["live"][number];
interface Replica {
  readonly region: string;
  readonly digest: Digest | undefined;
}

/** Equal seq, equal digest: whether all replicas of a shard fold the same. */
export const DIGEST: OpsCommand = {
  usage: "digest SHARD",
  what: "the digests of every Region's fold of a shard at the same seq, and whether they agree",
  examples: ["digest crypto-1", "digest crypto-1 --json"],
  arity: 1,
  isDangerous: false,
  run: async (platform, { args }) => {
    const shard = await shardNamed(platform, args);
    const path = `/meridian/v1/operator/shards/${shard}/digests`;
    const asked = await Promise.all(
      (await platform.doors()).map(async (door) => {
        return { door, answer: await platform.look<DigestsAnswer>(path, door.place) };
      }),
    );
    const live = newestCommon(asked.map(({ answer }) => answer.live));
    const replicas =
      live === undefined
        ? await foldedAgain(platform, path, asked)
        : asked.map(({ door, answer }) => ({ region: door.region, digest: same(answer.live, live) }));
    const how = live === undefined ? "folded again from the logs" : "noted as the folds passed";
    const digests = new Set(replicas.flatMap(({ digest }) => digest?.digest ?? []));
    const isWhole = replicas.every(({ digest }) => digest !== undefined);
    const agrees = digests.size === 1;
    const rows = replicas.map(({ region, digest }) => {
      return [region, digest?.branch ?? "-", String(digest?.seq ?? "-"), digest?.digest ?? "not held"];
    });
    const verdict = !isWhole
      ? "Not every Region holds that seq."
      : agrees
        ? `${replicas.length} replicas agree.`
        : "THE REPLICAS DIFFER.";
    const text = `${table(["region", "branch", "seq", "digest"], rows)}\n\n${verdict} (${how})`;
    return { json: { shard, how, replicas, agrees: isWhole && agrees }, text, isBad: !isWhole || !agrees };
  },
};

/** The newest place that every Region has noted. */
function newestCommon(lists: readonly (readonly Digest[])[]): Digest | undefined {
  const [first = [], ...others] = lists;
  return first.findLast((digest) => others.every((list) => same(list, digest) !== undefined));
}

function same(list: readonly Digest[], { branch, seq }: Digest): Digest | undefined {
  return list.find((digest) => digest.branch === branch && digest.seq === seq);
}

/** Where they have noted no seq in common: the last that all have folded. */
async function foldedAgain(
  platform: Platform,
  path: string,
  asked: readonly { readonly door: Door; readonly answer: DigestsAnswer }[],
): Promise<Replica[]> {
  const seq = Math.min(...asked.map(({ answer }) => answer.folded));
  return Promise.all(
    asked.map(async ({ door }) => {
      const { at } = await platform.look<DigestsAnswer>(`${path}?seq=${seq}`, door.place);
      return { region: door.region, digest: at ?? undefined };
    }),
  );
}
