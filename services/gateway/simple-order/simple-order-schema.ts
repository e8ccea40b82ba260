import { z } from "zod";
import { CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { SimpleOrder } from "#shared/protocol/socket.ts";

const decimal = (description: string) => z.union([z.number(), z.string()]).describe(description);

/**
 * The simple order message (architecture, section 9). Strict: a misspelled `price` must not become a market order.
 */
export const SIMPLE_ORDER = z.strictObject({
  orderId: z
    .string()
    .regex(CLIENT_ORDER_ID)
    .describe("The client's own id, and the idempotency key: sent again, the order takes effect once."),
  type: z.enum(["BUY", "SELL"]),
  userID: z.string().min(1).max(64).describe("The name of the user who asks."),
  coinID: z
    .string()
    .min(1)
    .max(20)
    .describe("What is bought or sold, such as BTC; paid in its market's quote asset."),
  quantity: decimal("Of the coin: a number, or a decimal as text."),
  price: decimal("Limit price. Without it the order is a market order.").optional(),
});

/** Reads a body as a simple order. Throws `ApiError` INVALID_FIELD that names the first field at fault. */
export function parseSimpleOrder(body: unknown): SimpleOrder {
  const result = SIMPLE_ORDER.safeParse(body);
  if (result.success) return result.data as SimpleOrder;
  const [issue] = result.error.issues;
  const unknownKey = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  // A body that is no object at all has no field to blame.
  const field = unknownKey?.slice(0, 40) ?? issue?.path[0]?.toString() ?? "body";
  throw new ApiError("INVALID_FIELD", { field });
}
