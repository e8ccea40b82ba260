import { assert } from "#shared/domain/invariant.ts";

const HASH_KEYS = 2n ** 128n;

/**
 * The explicit hash key of a Region's shard `index` (0, 1, …) of `count`: the middle of the range that the stream's shard `index` is created with, so that each of ours
 * has one of Kinesis's for itself, and keeps to one when that is split. (Kinesis divides 0 … 2^128 - 1 evenly among the shards of a new stream.)
 */
export function hashKeyOf(index: number, count: number): string {
  assert(Number.isSafeInteger(index) && index >= 0 && index < count, `shard ${index} of ${count}`);
  return String(((2n * BigInt(index) + 1n) * HASH_KEYS) / (2n * BigInt(count)));
}
