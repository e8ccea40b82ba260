import { z } from "zod";
import { ApiError } from "#shared/protocol/errors.ts";
import { CHANNELS } from "#shared/protocol/socket.ts";

const SYMBOL = z.string().min(1).max(40);
const COUNT = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

export const SUBSCRIBE = z.object({
  symbol: SYMBOL,
  channels: z.array(z.enum(CHANNELS)).min(1).max(CHANNELS.length),
  interval: z.string().max(4).optional(),
});

export const RESYNC = z.object({
  feed: SYMBOL,
  branch: z.string().max(100),
  seq: COUNT,
  index: COUNT,
});

export const CANCEL = z.strictObject({
  symbol: SYMBOL,
  orderId: z.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
  origClientOrderId: z.string().min(1).max(36).optional(),
});

/** Reads a request by its schema. Throws `ApiError` INVALID_FIELD that names the first field at fault. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const unknownKey = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  throw new ApiError("INVALID_FIELD", {
    field: unknownKey?.slice(0, 40) ?? issue?.path[0]?.toString() ?? "request",
  });
}
