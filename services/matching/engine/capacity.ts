/** How much a shard holds before its memory first grows. Growing doubles a table, which copies it: amortised cheap, but felt by the command that does it. */
export interface Capacity {
  /** Orders open at a time. */
  readonly orders: number;
  /** Accounts that have balances or orders. */
  readonly accounts: number;
  /** Commands in 24 hours, remembered that long by their ids. */
  readonly commands: number;
  /** Client order ids used in 24 hours, or by open orders. */
  readonly clientOrderIds: number;
}

/** Little: a shard of a test, or of a quiet market. */
export const SMALL_CAPACITY: Capacity = {
  orders: 128,
  accounts: 128,
  commands: 128,
  clientOrderIds: 128,
};

/** The next power of two, at least 128: rings are that long. */
export function ringLength(count: number): number {
  let length = 128;
  while (length < count) length *= 2;
  return length;
}
