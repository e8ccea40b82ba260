import { ApiError } from "#shared/protocol/errors.ts";

/** True for what the exchange could not do, and not for what a client did wrong. */
export function isOwnFault(error: unknown): boolean {
  return !(error instanceof ApiError) || error.entry.status >= 500;
}
