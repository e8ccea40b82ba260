import { ApiError } from "#shared/protocol/errors.ts";
import type { OrderJson, ResponseType } from "./order-json.ts";
import { canceledJson } from "./order-list-json.ts";
import type { Replaced } from "./replace-order.ts";

/**
 * As POST /api/v3/order/cancelReplace answers. Throws CANCEL_REPLACE_PARTIALLY_FAILED or CANCEL_REPLACE_FAILED, whose `data` tells both halves, unless
 * both succeeded.
 */
export function replacedJson(
  json: OrderJson,
  { canceled, placed }: Replaced,
  { cancelId, responseType }: { readonly cancelId: string; readonly responseType: ResponseType },
) {
  const isCanceled = !(canceled instanceof ApiError);
  const isPlaced = placed !== undefined && !(placed instanceof ApiError);
  const data = {
    cancelResult: isCanceled ? "SUCCESS" : "FAILURE",
    newOrderResult: isPlaced ? "SUCCESS" : placed === undefined ? "NOT_ATTEMPTED" : "FAILURE",
    cancelResponse: isCanceled ? canceledJson(json, canceled, cancelId) : canceled.toJSON(),
    newOrderResponse: isPlaced ? json.placed(placed, responseType) : (placed?.toJSON() ?? null),
  };
  if (isCanceled && isPlaced) return data;
  const name = isCanceled || isPlaced ? "CANCEL_REPLACE_PARTIALLY_FAILED" : "CANCEL_REPLACE_FAILED";
  throw new ApiError(name, { data });
}
