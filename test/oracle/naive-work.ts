import { isMarketType } from "#shared/domain/order.ts";
import { joinBook } from "./naive-book.ts";
import { dryRun } from "./naive-dry-run.ts";
import { match } from "./naive-matching.ts";
import { end } from "./naive-order-lists.ts";
import { isOpen, marketOf, type NaiveOrder, type World } from "./naive-world.ts";

/** An order begins to work: it joins the book at once where the market collects for an auction, otherwise it is matched and what is left rests or expires. */
export function goToWork(world: World, order: NaiveOrder): void {
  const market = marketOf(world, order.market);
  order.place = "taking";
  order.workingTime = world.time;
  if (market.state === "BREAK") {
    joinBook(world, order);
    return;
  }
  if (order.timeInForce === "FOK" && dryRun(world, order).quantity < order.quantity) {
    end(world, order, "unfilled");
    return;
  }
  const stop = match(world, market, order);
  if (!isOpen(world, order)) return;
  if (order.quantity === 0) {
    end(world, order, order.executed > 0 && stop === "not-affordable" ? "quote-spent" : "unfilled");
  } else if (isMarketType(order.type) || order.timeInForce === "IOC") {
    end(world, order, stop === "insufficient-balance" ? "insufficient-balance" : "unfilled");
  } else {
    joinBook(world, order);
  }
}
