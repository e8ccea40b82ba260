import { type ErrorEntry, entry } from "./error-entry.ts";

/** -1000 to -1008: the platform itself, or who asks. */
export const SERVICE_ERRORS = {
  UNKNOWN: entry(
    -1000,
    500,
    "An unknown error occurred while processing the request.",
    "A fault of the server; it is logged with the request's id.",
  ),
  UNAUTHORIZED: entry(
    -1002,
    401,
    "You are not authorized to execute this request.",
    "Sign in (again), or use a key that may do this.",
  ),
  TOO_MANY_REQUESTS: entry(
    -1003,
    429,
    "Too much request weight used; current limit is {} request weight per {}. Please use WebSocket Streams for live updates to avoid polling the API.",
    "Slow down; `Retry-After` says for how many seconds.",
  ),
  BANNED: entry(
    -1003,
    418,
    "Way too much request weight used; IP banned until {}. Please use WebSocket Streams for live updates to avoid bans.",
    "Requests went on after many 429 answers; `Retry-After` says for how many seconds the ban lasts. Epoch ms in the message.",
  ),
  STATUS_UNKNOWN: entry(
    -1007,
    504,
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    "The command may or may not have been taken: retry with the same id, or query it.",
  ),
  OVERLOADED: entry(
    -1008,
    503,
    "Server is currently overloaded with other requests. Please try again in a few minutes.",
    "Nothing was taken; retry after `Retry-After` seconds.",
  ),
  BACKPRESSURE: entry(
    -1008,
    429,
    "Server is currently overloaded with other requests. Please try again in a few minutes.",
    "New orders are refused while the market's journal lags; cancels are taken. Nothing was taken; retry after `Retry-After` seconds.",
  ),
} as const satisfies Record<string, ErrorEntry>;
