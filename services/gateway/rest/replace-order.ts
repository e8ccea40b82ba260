import type { ReplaceMode } from "#shared/domain/command.ts";
import type { CommandRejected } from "#shared/domain/event.ts";
import type { OrderId } from "#shared/domain/ids.ts";
import { ApiError, ERROR_OF_REASON } from "#shared/protocol/errors.ts";
import { type OrderResult, placedOrder } from "#shared/read-model/order-result.ts";
import { findMarket } from "./find-market.ts";
import { type Canceled, isOf, type OrderActions } from "./order-actions.ts";
import type { NewOrder } from "./order-parameters.ts";
import { nameAtHand, standingName } from "./standing-name.ts";
import { outcomeOf } from "./submit.ts";
import type { TradeContext, TradeDependencies } from "./trade-operation.ts";

export interface Replacement extends NewOrder {
  readonly cancelReplaceMode: ReplaceMode;
  readonly cancelOrderId?: number | undefined;
  readonly cancelOrigClientOrderId?: string | undefined;
  readonly cancelRestrictions?: "ONLY_NEW" | "ONLY_PARTIALLY_FILLED" | undefined;
}

/** What became of the two halves; a half that was refused is its refusal, a new order that was not tried is missing. */
export interface Replaced {
  readonly canceled: Canceled | ApiError;
  readonly placed: OrderResult | ApiError | undefined;
}

/**
 * Cancels one order and places another. Throws `ApiError` where neither half was tried: what the parameters or the market's definition rule out (Binance
 * checks filters before it cancels), and what the engine refuses as a whole.
 */
export async function replaceOrder(
  dependencies: TradeDependencies,
  actions: OrderActions,
  { account, commandId, count }: Omit<TradeContext<never>, "parameters">,
  replacement: Replacement,
): Promise<Replaced> {
  const { entry, view } = dependencies;
  const terms = findMarket(view, replacement.symbol);
  const market = terms.market.id;
  const order = actions.termsOf(commandId, replacement, terms);
  // As on Binance: the number counts if both are sent.
  const { cancelOrderId, cancelOrigClientOrderId, cancelRestrictions } = replacement;
  const names =
    cancelOrderId === undefined
      ? { origClientOrderId: cancelOrigClientOrderId ?? "" }
      : { orderId: cancelOrderId };
  const named =
    nameAtHand(view, account, market, names) ?? (await standingName(dependencies, account, market, names));
  return count(1, async () => {
    const { events, ...outcome } = await outcomeOf(entry, commandId, {
      kind: "ReplaceOrder",
      account,
      market,
      mode: replacement.cancelReplaceMode,
      cancelOrderId: (named.orderId ?? 0) as OrderId,
      cancelOrigClientOrderId: named.origClientOrderId ?? "",
      restriction: cancelRestrictions ?? "NONE",
      order: { ...order, orderId: entry.mintOrderId() },
    });
    const refusals = events.filter((event) => event.kind === "CommandRejected");
    const refusalOf = (command: CommandRejected["command"]) => {
      const refusal = refusals.find((one) => one.command === command);
      return refusal === undefined ? undefined : new ApiError(ERROR_OF_REASON[refusal.reason]);
    };
    const whole = refusalOf("ReplaceOrder");
    if (whole !== undefined) throw whole;
    const cancelRefusal = refusalOf("CancelOrder");
    const placeRefusal = refusalOf("PlaceOrder");
    const canceled =
      cancelRefusal ?? (await actions.canceledOf({ ...outcome, events }, account, market, named));
    const accepted = events.find((event) => event.kind === "OrderAccepted");
    if (accepted !== undefined && !isOf(accepted, { ...order, market })) {
      throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    }
    const wasTried = cancelRefusal === undefined || replacement.cancelReplaceMode === "ALLOW_FAILURE";
    const placed = placeRefusal ?? placedOrder({ ...outcome, events });
    if (wasTried && placed === undefined) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    return { canceled, placed };
  });
}
