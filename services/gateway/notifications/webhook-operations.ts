import { z } from "zod";
import { NOTICE_KINDS } from "#services/notifier/notices-of.ts";
import type { Operation } from "../operation.ts";

const kinds = z
  .array(z.enum(NOTICE_KINDS))
  .min(1)
  .max(NOTICE_KINDS.length)
  .describe("What it is told of: fills, orders that wait, that ended or changed, refusals, funds.");
const webhook = { id: z.string(), url: z.string(), kinds };

/** Webhooks of an account. */
export const WEBHOOK_OPERATIONS = {
  webhooks: {
    method: "get",
    path: "/meridian/v1/webhooks",
    summary: "The account's webhooks, without their secrets",
    access: "session",
    status: 200,
    answer: z.strictObject({ webhooks: z.array(z.strictObject(webhook)) }),
  },
  createWebhook: {
    method: "post",
    path: "/meridian/v1/webhooks",
    summary:
      "Be told of what happens to the account, by signed POST requests; the secret is shown here and never again",
    access: "session",
    body: z.object({
      url: z
        .string()
        .max(500)
        .regex(/^https?:\/\//)
        .describe("https, at a public address. Anything else is never sent to."),
      kinds: kinds.default([...NOTICE_KINDS]),
    }),
    status: 201,
    answer: z.strictObject({ ...webhook, secret: z.string() }),
  },
  deleteWebhook: {
    method: "delete",
    path: "/meridian/v1/webhooks/{id}",
    summary: "Delete a webhook, and what waits for it",
    access: "session",
    status: 200,
    answer: z.strictObject({ ok: z.literal(true) }),
  },
} as const satisfies Record<string, Operation>;
