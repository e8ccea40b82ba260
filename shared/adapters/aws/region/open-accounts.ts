import type { AccountId } from "#shared/domain/ids.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoCounters } from "../dynamodb/dynamo-counters.ts";

/** Opens the numbers of accounts, which are counted where users are written: no two Regions, and no two tasks, give out one. */
export async function openAccounts(
  home: Dynamo,
  random: Random,
  onFailure: (error: unknown) => void,
): Promise<{ readonly mint: () => AccountId }> {
  const counters = await openDynamoCounters({ dynamo: home, node: "accounts", random, onFailure });
  return { mint: () => counters.take("account", 1) as AccountId };
}
