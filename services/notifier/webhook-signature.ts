import { createHmac, timingSafeEqual } from "node:crypto";

/** Older than this a signed webhook is worth nothing: who recorded one cannot send it again later. */
export const SIGNATURE_AGE_SECONDS_MAX = 300;

/**
 * The value of `X-Meridian-Signature`: `t=<epoch seconds>,v1=<hex>`, where hex is HMAC-SHA256 of `<t>.<body>` under the subscription's secret. The time is part of what is signed.
 */
export function signWebhook(secret: string, body: string, epochSeconds: number): string {
  return `t=${epochSeconds},v1=${digest(secret, body, epochSeconds).toString("hex")}`;
}

/** What a receiver does: true for a body that was signed with the secret not long ago. */
export function verifyWebhook(
  secret: string,
  body: string,
  signature: string,
  epochSeconds: number,
): boolean {
  const [, time = "", hex = ""] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (hex === "" || Math.abs(epochSeconds - Number(time)) > SIGNATURE_AGE_SECONDS_MAX) return false;
  return timingSafeEqual(Buffer.from(hex, "hex"), digest(secret, body, Number(time)));
}

function digest(secret: string, body: string, epochSeconds: number): Buffer {
  return createHmac("sha256", secret).update(`${epochSeconds}.${body}`).digest();
}
