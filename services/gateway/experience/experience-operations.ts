import { z } from "zod";
import { EXPERIENCE_LIMITS } from "#shared/protocol/experience.ts";
import type { Operation } from "../operation.ts";

const { ordersMax, durationMsMax, countMax } = EXPERIENCE_LIMITS;
const duration = z.int().min(0).max(durationMsMax);
const count = z.int().min(0).max(countMax);

/** How pages tell what their traders see. */
export const EXPERIENCE_OPERATIONS = {
  reportExperience: {
    method: "post",
    path: "/meridian/v1/experience",
    summary: "Tell how the exchange was for a page's trader: durations and counts, nothing of who it is",
    access: "public",
    body: z.strictObject({
      orderMs: z
        .array(duration)
        .max(ordersMax)
        .describe("From each click until the order's status was there."),
      unansweredOrders: count.describe("Orders whose outcome the page did not get to know."),
      silenceMs: duration.describe("The longest time without a word from the gateway."),
      loadMs: duration.optional().describe("From the navigation until the live feeds stood; told once."),
      resyncs: count,
      reconnects: count,
      scriptErrors: count,
    }),
    status: 200,
    answer: z.strictObject({ ok: z.literal(true) }),
  },
} as const satisfies Record<string, Operation>;
