import { OperatingError } from "#shared/ports/operating-error.ts";

/**
 * Why DynamoDB did not do what it was asked. `throttled`: it refused for now, nothing happened. `unreachable`: nobody answered a question. `ambiguous`:
 * a write may have happened or may still; reading decides. `refused`: the request itself is wrong (missing table, no permission, an item too large):
 * trying again does not help.
 */
export type DynamoFailure = "throttled" | "unreachable" | "ambiguous" | "refused";

/** An operating error of the tables. The message is one clear line that names the table. */
export class DynamoError extends OperatingError {
  override readonly name = "DynamoError";
  readonly failure: DynamoFailure;

  constructor(failure: DynamoFailure, table: string, cause: unknown) {
    super(`DynamoDB table ${table}: ${failure}: ${cause instanceof Error ? cause.message : String(cause)}`);
    this.failure = failure;
  }
}

/** What is stored is not what was written. */
export class DamagedItem extends OperatingError {
  override readonly name = "DamagedData";
}

/** Another task of the Region writes what this one thought its own: it must stop and start again from what is there. */
export class AnotherWriter extends OperatingError {
  override readonly name = "AnotherWriter";
}

/** A store was used after it was closed. */
export class StoreClosed extends OperatingError {
  override readonly name = "StoreClosed";
}

/** DynamoDB refused for now: capacity, or an account's or a partition's limit. Names of the API reference, "Error handling with DynamoDB". */
const THROTTLED = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "ThrottledException",
  "TooManyRequestsException",
  "LimitExceededException",
]);

/** A transaction that collided with another, or is still under way: nothing is known to have happened, and trying again is right. */
const COLLIDED = new Set([
  "TransactionConflictException",
  "TransactionInProgressException",
  "ReplicatedWriteConflictException",
]);

const THROTTLED_PART = /^(ThrottlingError|ProvisionedThroughputExceeded)$/;

/** True if DynamoDB refused for want of capacity. */
export function isThrottling(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return THROTTLED.has(error.name) || reasonsOf(error).some(({ Code = "" }) => THROTTLED_PART.test(Code));
}

/** How a request failed. `undefined`: a condition did not hold, which is an answer. */
export function failureOf(error: unknown, isWrite: boolean): DynamoFailure | undefined {
  const name = error instanceof Error ? error.name : "";
  if (name === "ConditionalCheckFailedException") return undefined;
  if (name === "TransactionCanceledException") return failureOfCanceled(error);
  const attempts = attemptsOf(error);
  if (THROTTLED.has(name) || COLLIDED.has(name))
    // An attempt before the last one may have had its effect.
    return isWrite && attempts > 1 ? "ambiguous" : "throttled";
  const status = statusOf(error);
  if (status !== undefined && status >= 400 && status < 500) return "refused";
  return isWrite ? "ambiguous" : "unreachable";
}

/** A transaction that a condition ended is an answer; one that was throttled or collided did not happen. */
function failureOfCanceled(error: unknown): DynamoFailure | undefined {
  const codes = reasonsOf(error).map(({ Code }) => Code ?? "None");
  if (codes.includes("ConditionalCheckFailed")) return undefined;
  const isPassing = codes.some((code) => THROTTLED_PART.test(code) || code === "TransactionConflict");
  return isPassing ? "throttled" : "refused";
}

export interface CancellationReason {
  readonly Code?: string | undefined;
}

export function reasonsOf(error: unknown): readonly CancellationReason[] {
  return (
    (error as { readonly CancellationReasons?: readonly CancellationReason[] }).CancellationReasons ?? []
  );
}

interface Metadata {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $response?: { readonly statusCode?: number };
}

function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = error as Metadata;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

function attemptsOf(error: unknown): number {
  return (error as Metadata).$metadata?.attempts ?? 1;
}
