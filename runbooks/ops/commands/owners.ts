import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { OwnershipAnswer } from "../platform.ts";

/** Who owns each shard, and who did. */
export const OWNERS: OpsCommand = {
  usage: "owners",
  what: "who owns each shard, and who owned it before",
  examples: ["owners"],
  arity: 0,
  isDangerous: false,
  run: async (platform) => {
    const { shards } = await platform.get<OwnershipAnswer>("/meridian/v1/ownership");
    const rows = shards.map(({ shard, owner, epoch, branch, lineage }) => [
      shard,
      owner,
      String(epoch),
      branch,
      lineage
        .slice(-4, -1)
        .map((span) => `${span.owner}#${span.epoch}`)
        .join(" → ") || "-",
    ]);
    return { json: { shards }, text: table(["shard", "owner", "epoch", "branch", "before"], rows) };
  },
};
