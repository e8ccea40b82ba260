import type { Command } from "#shared/domain/command.ts";
import type { MarketsView } from "../views/region-view.ts";
import { isOrderCommand, marketOf } from "./command-kinds.ts";

/** Nothing irreversible happens in a fork: no deposits, withdrawals, transfers, and no market administration (architecture, section 5). */
export function isAllowedInFork(command: Command): boolean {
  return isOrderCommand(command);
}

/** True for orders and cancels of a market that stops when the majority cannot be reached: they wait until it can. */
export function waitsInFork(command: Command, view: Pick<MarketsView, "market">): boolean {
  const id = marketOf(command);
  const market = id === undefined ? undefined : view.market(id);
  return market?.partitionPolicy !== "match-locally";
}
