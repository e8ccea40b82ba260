import type { BranchId, Seq } from "#shared/domain/ids.ts";
import type { FeedStands } from "#shared/ports/market-feed.ts";
import type { Dynamo } from "./dynamo.ts";
import { numberOf, textOf } from "./row.ts";

/** Opens the stands of the market feed. */
export function openDynamoFeedStands({ dynamo }: { readonly dynamo: Dynamo }): FeedStands {
  return {
    read: async (shard) => {
      const row = await dynamo.get("memory", { pk: `FEED#${shard}` });
      if (row === undefined) return undefined;
      return { branch: textOf(row, "branch") as BranchId, seq: numberOf(row, "seq") as Seq };
    },
    write: async (shard, { branch, seq }) => {
      await dynamo.put("memory", { pk: `FEED#${shard}`, branch, seq });
    },
    close: async () => {},
  };
}
