/** What a failed request leaves behind: certainly nothing, or nobody knows. */
export type FailureEffect = "none" | "unknown";

/**
 * A refusal by the service with a 4xx status took no effect (throttled, not allowed, no such stream); neither did a request for which there was no connection. After
 * anything else (5xx, a timeout, a connection that broke) the request may have taken effect.
 */
export function effectOf(error: unknown): FailureEffect {
  const { $metadata, code } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly code?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  if (status !== undefined && status >= 400 && status < 500) return "none";
  return code === "ECONNREFUSED" || code === "ENOTFOUND" ? "none" : "unknown";
}

/** True for an error that the service names so. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** True if the server does not know the operation at all. */
export function isUnknownOperation(error: unknown): boolean {
  return isNamed(error, "UnknownOperationException", "UnknownOperation");
}
