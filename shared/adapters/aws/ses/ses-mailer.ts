import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Mailer, MailResult } from "#shared/ports/mailer.ts";

export interface SesMailerOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The sender, of an identity that SES has verified. */
  readonly from: string;
}

const CONNECT_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 5000;
/** Those who wait for a mail to be sent wait for so many tries at most; what fails then is tried again much later. */
const ATTEMPTS = 2;
/** Passing although the status is 4xx (SES API v2, SendEmail, "Errors"): a quota, and sending that is paused. */
const PASSING = new Set([
  "TooManyRequestsException",
  "LimitExceededException",
  "SendingPausedException",
  "ThrottlingException",
]);

/** Sends mail by SES: plain text, from one address. SES knows no idempotency key, so a mail whose answer was lost may come twice. */
export function createSesMailer(options: SesMailerOptions): Mailer & { close(): void } {
  const { region, endpoint, credentials, from } = options;
  const client = new SESv2Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: ATTEMPTS,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
  return {
    send: async ({ to, subject, text, id, unsubscribeUrl }) => {
      const headers = [
        { Name: "X-Meridian-Id", Value: id },
        ...(unsubscribeUrl === undefined
          ? []
          : [
              { Name: "List-Unsubscribe", Value: `<${unsubscribeUrl}>` },
              { Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click" },
            ]),
      ];
      try {
        await client.send(
          new SendEmailCommand({
            FromEmailAddress: from,
            Destination: { ToAddresses: [to] },
            Content: {
              Simple: {
                Subject: { Data: subject, Charset: "UTF-8" },
                Body: { Text: { Data: text, Charset: "UTF-8" } },
                Headers: headers,
              },
            },
          }),
        );
        return { ok: true };
      } catch (error) {
        return resultOf(error);
      }
    },
    close: () => client.destroy(),
  };
}

/** What AWS refuses for good (a message that is rejected, an address that is none, a missing permission) is not tried again. */
function resultOf(error: unknown): MailResult {
  const { name, message, $metadata } = error as Error & { readonly $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const isRefused =
    status !== undefined && status >= 400 && status < 500 && status !== 429 && !PASSING.has(name);
  return { ok: false, again: !isRefused, reason: `${name}: ${message}` };
}
