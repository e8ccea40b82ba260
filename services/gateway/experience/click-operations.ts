import { z } from "zod";
import { parseTraceparent } from "#shared/domain/trace-context.ts";
import { CLICK_LIMITS, CLICK_RESULTS } from "#shared/protocol/clicks.ts";
import type { Operation } from "../operation.ts";

const { clicksMax, tookMsMax, endedMsAgoMax } = CLICK_LIMITS;

/** How pages tell of the clicks with which traces begin. */
export const CLICK_OPERATIONS = {
  reportClicks: {
    method: "post",
    path: "/meridian/v1/clicks",
    summary:
      "Tell of clicks whose orders are traced: the first span of each trace. There only where the exchange traces at all: then answers to orders have `Traceresponse`",
    access: "public",
    body: z.strictObject({
      clicks: z
        .array(
          z.strictObject({
            traceparent: z
              .string()
              .refine((text) => parseTraceparent(text) !== undefined)
              .describe("As it was sent with the order."),
            tookMs: z.int().min(0).max(tookMsMax).describe("From the click until the answer was there."),
            endedMsAgo: z.int().min(0).max(endedMsAgoMax).describe("How long ago that was."),
            result: z.enum(CLICK_RESULTS),
          }),
        )
        .min(1)
        .max(clicksMax),
    }),
    status: 200,
    answer: z.strictObject({ ok: z.literal(true) }),
  },
} as const satisfies Record<string, Operation>;
