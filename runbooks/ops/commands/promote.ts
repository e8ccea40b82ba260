import { CommandLineError } from "#local/cli/fatal.ts";
import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { OwnershipAnswer, Platform, PromoteAnswer, RegionsAnswer } from "../platform.ts";

interface Move {
  readonly shard: string;
  readonly from: string;
  readonly to: string;
}

/** The planned move of one shard. */
export const PROMOTE: OpsCommand = {
  usage: "promote SHARD REGION",
  what: "moves a shard to another Region: nothing is lost, nothing is forked",
  examples: ["promote crypto-1 eu-west-1", "promote crypto-1 eu-west-1 --dry-run"],
  arity: 2,
  isDangerous: true,
  run: async (platform, { args: [shard = "", to = ""], isDryRun }) => {
    const move = await moveOf(platform, shard, to);
    return movesResult(await make(platform, move === undefined ? [] : [move], isDryRun), isDryRun);
  },
};

/** The planned moves that leave a Region without shards. */
export const DRAIN: OpsCommand = {
  usage: "drain REGION",
  what: "moves every shard that a Region owns to the others, in turn",
  examples: ["drain us-east-1 --dry-run", "drain us-east-1"],
  arity: 1,
  isDangerous: true,
  run: async (platform, { args: [region = ""], isDryRun }) => {
    const { regions } = await platform.get<RegionsAnswer>("/meridian/v1/regions");
    const others = regions.filter((one) => one.region !== region && one.health === "up");
    if (others.length === regions.length) throw new CommandLineError(`there is no Region ${region}.`);
    if (others.length === 0)
      throw new CommandLineError(`no other Region is up: ${region} cannot be drained.`);
    const { shards } = await platform.get<OwnershipAnswer>("/meridian/v1/ownership");
    const moves = shards
      .filter(({ owner }) => owner === region)
      .map(({ shard }, at) => ({ shard, from: region, to: others[at % others.length]?.region ?? "" }));
    return movesResult(await make(platform, moves, isDryRun), isDryRun);
  },
};

/** `undefined` where the shard is there already. */
async function moveOf(platform: Platform, shard: string, to: string): Promise<Move | undefined> {
  const { shards } = await platform.get<OwnershipAnswer>("/meridian/v1/ownership");
  const known = shards.find((one) => one.shard === shard);
  if (known === undefined) {
    throw new CommandLineError(
      `there is no shard ${shard}; there are ${shards.map((one) => one.shard).join(", ")}.`,
    );
  }
  return known.owner === to ? undefined : { shard, from: known.owner, to };
}

async function make(platform: Platform, moves: readonly Move[], isDryRun: boolean): Promise<readonly Move[]> {
  if (isDryRun) return moves;
  for (const { shard, from, to } of moves) {
    // Only the owner can end its reign.
    const owner = await platform.placeNear(from);
    await platform.post<PromoteAnswer>(`/meridian/v1/ownership/${shard}/promote`, { to }, owner);
  }
  return moves;
}

function movesResult(moves: readonly Move[], isDryRun: boolean) {
  const done = isDryRun ? "would move" : "moved";
  const text =
    moves.length === 0
      ? "Nothing to move."
      : table(
          ["shard", "from", "to", "outcome"],
          moves.map(({ shard, from, to }) => [shard, from, to, done]),
        );
  return { json: { moves, done: !isDryRun }, text };
}
