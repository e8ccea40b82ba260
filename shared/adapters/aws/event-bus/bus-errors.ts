import type { PublishResult } from "#shared/ports/event-bus.ts";

export type BusFailure = Extract<PublishResult, { ok: false }>;

/**
 * What an error of SNS or SQS means. Throttling and a service or network that does not answer pass; anything else (no such topic, no permission) is a fault of the set-up, and is thrown again.
 */
export function failureOf(error: unknown): BusFailure {
  const {
    name = "",
    message = "",
    $metadata,
  } = error as {
    readonly name?: string;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  if (/throttl|TooManyRequests|RequestLimit/i.test(name) || status === 429)
    return { ok: false, error: "throttled", message: `${name}: ${message}` };
  if (status !== undefined && status >= 400 && status < 500) throw error;
  return { ok: false, error: "unavailable", message: `${name}: ${message}` };
}
