import { z } from "zod";
import { NOTICE_KINDS } from "#services/notifier/notices-of.ts";
import type { Operation } from "../operation.ts";

const kinds = z
  .array(z.enum(NOTICE_KINDS))
  .min(1)
  .max(NOTICE_KINDS.length)
  .describe("What is mailed: fills, orders that wait, that ended or changed, refusals, funds.");
const address = z.email().max(254);
const mail = z.strictObject({ id: z.string(), address, kinds });
const token = z.object({ token: z.string().max(2048).describe("Of the link in a mail.") });

/** Mails to an account. */
export const MAIL_OPERATIONS = {
  mails: {
    method: "get",
    path: "/meridian/v1/mails",
    summary: "The addresses that the account's events are mailed to",
    access: "session",
    status: 200,
    answer: z.strictObject({ mails: z.array(mail) }),
  },
  createMail: {
    method: "post",
    path: "/meridian/v1/mails",
    summary: "Be mailed of what happens to the account: sends a code to the address, which confirms it",
    access: "session",
    body: z.object({ address, kinds: kinds.default(["match", "order-ended", "funds"]) }),
    status: 201,
    answer: z.strictObject({
      confirmation: z.string().describe("To be sent back with the code."),
      expiresAt: z.int().describe("Epoch ms."),
    }),
  },
  confirmMail: {
    method: "post",
    path: "/meridian/v1/mails/confirm",
    summary: "Confirm an address by the code that was mailed there; from then on it is mailed to",
    access: "session",
    body: z.object({
      confirmation: z.string().max(4096),
      code: z.string().regex(/^\d{8}$/),
    }),
    status: 201,
    answer: mail,
  },
  deleteMail: {
    method: "delete",
    path: "/meridian/v1/mails/{id}",
    summary: "Mail no more there, and forget what waits",
    access: "session",
    status: 200,
    answer: z.strictObject({ ok: z.literal(true) }),
  },
  askUnsubscribe: {
    method: "get",
    path: "/meridian/v1/mails/unsubscribe",
    summary: "The page behind the link in a mail: asks whether mails shall end",
    access: "public",
    query: token,
    status: 200,
    mediaType: "text/html",
    answer: z.string(),
  },
  unsubscribe: {
    method: "post",
    path: "/meridian/v1/mails/unsubscribe",
    summary: "End the mails that a link came with: what its page does, and mail programs (RFC 8058)",
    access: "public",
    query: token,
    status: 200,
    mediaType: "text/html",
    answer: z.string(),
  },
} as const satisfies Record<string, Operation>;
