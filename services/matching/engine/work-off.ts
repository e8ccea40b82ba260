import { STAGE_QUEUED } from "../book/orders.ts";
import { activateList } from "./activate-list.ts";
import type { Matching } from "./matching.ts";
import type { Shard } from "./shard.ts";
import { takeTurn } from "./take-turn.ts";

/** Works off what the present command's trades have set off, until nothing is left. Ends, since an order is triggered and activated once. */
export function workOff(shard: Shard, matching: Matching): void {
  const { orders } = shard.book;
  while (!shard.queue.isEmpty) {
    const work = shard.queue.take();
    if (work.kind === "list") {
      activateList(shard, matching, work.list);
      continue;
    }
    const isStillThere =
      orders.find(work.orderId) === work.order && orders.stage(work.order) === STAGE_QUEUED;
    if (isStillThere) takeTurn(shard, matching, shard.marketOf(work.order), work.order);
  }
}
