import { callApi, type Parameters } from "./api.ts";
import type { Click } from "./clicks.ts";
import { untilAnswered } from "./until-answered.ts";

/** Longer, and the trader may no longer want it; the gateway's own validity of an order is a minute. */
const GIVE_UP_MS = 20_000;

/** An order, an order list or a replacement as the exchange takes it. */
export interface OrderRequest {
  /** Of the Binance dialect; taken by POST. */
  readonly path: string;
  readonly parameters: Parameters;
}

/**
 * Places an order or a list. Without an answer it is sent again under the same idempotency key, so that it takes effect once; `onRetry` is told each time. The click
 * learns whether the exchange traces it.
 * Throws `ApiFailure`; one of status 0 says that the outcome is unknown.
 */
export async function placeOrder(
  { path, parameters }: OrderRequest,
  click: Click,
  onRetry: () => void,
): Promise<void> {
  // One click, one trace: however often it is sent.
  const headers = { "Idempotency-Key": crypto.randomUUID(), traceparent: click.traceparent };
  const onAnswer = (answer: Response) => {
    click.isTraced ||= answer.headers.has("Traceresponse");
  };
  let isFirst = true;
  await untilAnswered(() => {
    if (!isFirst) onRetry();
    isFirst = false;
    return callApi("POST", path, { ...parameters, newOrderRespType: "RESULT" }, headers, onAnswer);
  }, GIVE_UP_MS);
}
