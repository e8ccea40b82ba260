import { ApiError } from "#shared/protocol/errors.ts";
import type { Unsubmitted } from "./order-entry.ts";

/** Back to the client after so long when the shard takes no more, and when its owner cannot be reached. */
const RETRY_SECONDS = 1;
const UNREACHABLE_RETRY_SECONDS = 5;

/** What a client is told of a command without an outcome. Of an order that waits in the outbox it is told otherwise, by whoever placed it. */
export function refusalOfSubmission(submission: Unsubmitted): ApiError {
  switch (submission.error) {
    case "overloaded":
      return new ApiError("OVERLOADED", { retryAfterSeconds: RETRY_SECONDS });
    case "unknown":
    case "queued":
      return new ApiError("STATUS_UNKNOWN", { retryAfterSeconds: RETRY_SECONDS });
    case "backpressure":
      return new ApiError("BACKPRESSURE", { retryAfterSeconds: submission.retryAfterSeconds });
    case "not-in-fork":
      return new ApiError("NOT_IN_FORK", { retryAfterSeconds: UNREACHABLE_RETRY_SECONDS });
    case "unreachable":
      return new ApiError("OWNER_UNREACHABLE", { retryAfterSeconds: UNREACHABLE_RETRY_SECONDS });
    case "outbox-full":
      return new ApiError("OUTBOX_FULL", { retryAfterSeconds: UNREACHABLE_RETRY_SECONDS });
    default:
      return submission satisfies never;
  }
}
