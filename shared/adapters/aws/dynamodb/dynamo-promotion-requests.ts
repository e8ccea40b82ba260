import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { PromotionOutcome, PromotionRequests } from "#shared/ports/promotion-requests.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Dynamo } from "./dynamo.ts";
import { type Row, textOf } from "./row.ts";

export interface PromotionRequestsOptions {
  readonly dynamo: Dynamo;
  readonly clock: Clock;
  readonly random: Random;
  /** Trouble with the table, which is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

/** How often who does moves looks, and who waits for one. */
const SERVE_MS = 1000;
const LOOK_MS = 250;
/** A move takes less than two seconds; nobody waits longer than this. */
const WITHIN_MS = 15_000;

/** Opens the requests for moves of a Region, one item a shard: the newest takes the place of the one before. */
export function openDynamoPromotionRequests(options: PromotionRequestsOptions): PromotionRequests {
  const { dynamo, clock, random, onTrouble } = options;
  const pause = (delayMs: number) => new Promise<void>((resolve) => void clock.schedule(delayMs, resolve));
  const isStill = (id: string) => ({ expression: "#id = :asked", values: { asked: id } });

  const lookAt = async (
    shard: ShardId,
    known: Map<ShardId, string>,
    promote: (shard: ShardId, to: RegionId) => Promise<PromotionOutcome>,
  ): Promise<void> => {
    const row = await dynamo.get("memory", keyOf(shard));
    const id = row === undefined ? "" : textOf(row, "id");
    const before = known.get(shard);
    known.set(shard, id);
    // Of the first look nothing is done: whoever asked before asked somebody else.
    if (row === undefined || before === undefined || before === id) return;
    const outcome = await promote(shard, textOf(row, "to") as RegionId);
    await dynamo.update("memory", keyOf(shard), { set: { outcome }, condition: isStill(id) });
  };

  return {
    ask: async (shard, to) => {
      const id = Buffer.from(random.bytes(8)).toString("hex");
      const until = clock.monotonic() + WITHIN_MS;
      await dynamo.put("memory", { ...keyOf(shard), id, to });
      while (clock.monotonic() < until) {
        await pause(LOOK_MS);
        const row = await dynamo.get("memory", keyOf(shard));
        if (row === undefined || textOf(row, "id") !== id) return "unreachable";
        if (row.outcome !== undefined) return textOf(row, "outcome") as PromotionOutcome;
      }
      await dynamo.remove("memory", keyOf(shard), isStill(id));
      return "unreachable";
    },
    serve: async (shards, promote) => {
      const known = new Map<ShardId, string>();
      let timer: Timer | undefined;
      let isCanceled = false;
      const look = async () => {
        for (const shard of shards) await lookAt(shard, known, promote).catch(onTrouble);
        if (!isCanceled) timer = clock.schedule(SERVE_MS, () => void look());
      };
      await look();
      return {
        cancel: () => {
          isCanceled = true;
          timer?.cancel();
        },
      };
    },
  };
}

function keyOf(shard: ShardId): Row {
  return { pk: `PROMOTE#${shard}` };
}
