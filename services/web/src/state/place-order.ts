import { callApi, type Parameters } from "./api.ts";
import { untilAnswered } from "./until-answered.ts";

/** Longer, and the trader may no longer want it; the gateway's own validity of an order is a minute. */
const GIVE_UP_MS = 20_000;

/**
 * Places an order. Without an answer it is sent again under the same idempotency key, so that it takes effect once; `onRetry` is told each time.
 * Throws `ApiFailure`; one of status 0 says that the outcome is unknown.
 */
export async function placeOrder(order: Parameters, onRetry: () => void): Promise<void> {
  const key = { "Idempotency-Key": crypto.randomUUID() };
  let isFirst = true;
  await untilAnswered(() => {
    if (!isFirst) onRetry();
    isFirst = false;
    return callApi("POST", "/api/v3/order", { ...order, newOrderRespType: "RESULT" }, key);
  }, GIVE_UP_MS);
}
