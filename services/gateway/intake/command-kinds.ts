import type { Command } from "#shared/domain/command.ts";
import { type AccountId, FEE_ACCOUNT, type MarketId } from "#shared/domain/ids.ts";

/** The market that a command is about; `undefined` for one about a whole shard. */
export function marketOf(command: Command): MarketId | undefined {
  if (command.kind === "DefineMarket") return command.market.id;
  return "market" in command ? command.market : undefined;
}

/** Whose command it is; the exchange's own belong to the account of the fees. */
export function accountOf(command: Command): AccountId {
  return "account" in command ? command.account : FEE_ACCOUNT;
}

/** True for what a client does with orders: it may wait for an owner that cannot be reached. */
export function isOrderCommand(command: Command): boolean {
  return isNewOrder(command) || isCancel(command) || command.kind === "AmendOrder";
}

/** True for what brings new orders. */
export function isNewOrder(command: Command): boolean {
  return (
    command.kind === "PlaceOrder" || command.kind === "PlaceOrderList" || command.kind === "ReplaceOrder"
  );
}

/** True for what only takes orders back: it is let through whatever the load. */
export function isCancel(command: Command): boolean {
  return (
    command.kind === "CancelOrder" || command.kind === "CancelOrderList" || command.kind === "CancelAllOrders"
  );
}

/** True for ids that are remembered for ever: such a command needs no end of its validity. */
export function isRememberedForEver(command: Command): boolean {
  return command.kind === "Deposit" || command.kind === "TransferIn";
}
