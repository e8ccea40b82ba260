import { CommandLineError } from "#local/cli/fatal.ts";
import type { OwnershipAnswer, Platform } from "./platform.ts";

/** The first word, if it names a shard. Throws `CommandLineError` that says which there are. */
export async function shardNamed(platform: Platform, [named = ""]: readonly string[]): Promise<string> {
  const { shards } = await platform.get<OwnershipAnswer>("/meridian/v1/ownership");
  const known = shards.map(({ shard }) => shard);
  if (known.includes(named)) return named;
  throw new CommandLineError(`there is no shard ${named}; there are ${known.join(", ")}.`);
}
