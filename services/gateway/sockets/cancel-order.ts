import type { OrderId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { formatQuantity } from "#shared/domain/market-units.ts";
import { ApiError, ERROR_OF_REASON } from "#shared/protocol/errors.ts";
import type { CancelAnswer } from "#shared/protocol/socket.ts";
import { rejectionOf } from "#shared/read-model/order-result.ts";
import type { Principal } from "../identity/principal.ts";
import type { OrderEntry } from "../order-entry.ts";
import { refusalOfSubmission } from "../refusal-of-submission.ts";
import { findMarket } from "../rest/find-market.ts";
import type { FreshnessDependencies } from "../rest/freshness.ts";
import { nameAtHand, standingName } from "../rest/standing-name.ts";
import { CANCEL, parseRequest } from "./requests.ts";

export interface CancelDependencies extends FreshnessDependencies {
  readonly entry: OrderEntry;
}

/** Cancels one open order of the user. Throws `ApiError`. */
export async function cancelOrder(
  { entry, ...dependencies }: CancelDependencies,
  { account, canTrade }: Principal,
  body: unknown,
): Promise<CancelAnswer> {
  const { view } = dependencies;
  if (!canTrade) throw new ApiError("REJECTED_API_KEY");
  const { symbol, ...names } = parseRequest(CANCEL, body);
  const { market, base } = findMarket(view, symbol);
  if ((names.orderId ?? 0) === 0 && (names.origClientOrderId ?? "") === "") {
    throw new ApiError("MANDATORY_EITHER", { details: ["orderId", "origClientOrderId"], field: "orderId" });
  }
  const { orderId = 0, origClientOrderId = "" } =
    nameAtHand(view, account, market.id, names) ??
    (await standingName(dependencies, account, market.id, names));
  const submission = await entry.submit(entry.freshCommandId(account), {
    kind: "CancelOrder",
    account,
    market: market.id,
    orderId: orderId as OrderId | 0,
    origClientOrderId,
    restriction: "NONE",
  });
  if (!submission.ok) throw refusalOfSubmission(submission);
  const { outcome } = submission;
  const refusal = rejectionOf(outcome);
  if (refusal !== undefined) throw new ApiError(ERROR_OF_REASON[refusal.reason]);
  const key = orderId === 0 ? { clientOrderId: origClientOrderId } : { orderId };
  const order = view.order(account, market.id, key);
  // With an order of a list all of the list is canceled.
  const isCanceled = outcome.events.some(
    (event) => event.kind === "OrderCanceled" && event.orderId === order?.orderId,
  );
  if (!isCanceled) throw new ApiError("STATUS_UNKNOWN");
  assert(order !== undefined, `order ${order?.orderId} was canceled just now`);
  return {
    symbol: market.id,
    orderId: order.orderId,
    origClientOrderId: order.clientOrderId,
    status: order.status,
    executedQuantity: formatQuantity(market, base, order.executed),
    shard: outcome.shard,
    seq: outcome.seq,
  };
}
