import type { Tick } from "#shared/domain/command.ts";
import { end } from "./naive-order-lists.ts";
import { isOpen, type World } from "./naive-world.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Time goes on: ids of yesterday are forgotten, and orders whose date has come expire. */
export function tick(world: World, { time }: Tick): void {
  world.time = Math.max(world.time, time);
  const isRemembered = (each: { time: number }) => each.time > world.time - DAY_MS;
  world.commands = world.commands.filter(isRemembered);
  world.clientOrderIds = world.clientOrderIds.filter(isRemembered);
  const due = world.orders
    .filter(({ goodTillDate }) => goodTillDate > 0 && goodTillDate <= world.time)
    .sort((a, b) => a.goodTillDate - b.goodTillDate || a.orderId - b.orderId);
  for (const order of due) if (isOpen(world, order)) end(world, order, "good-till-date");
}
