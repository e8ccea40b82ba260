/** Randomness comes in through this port. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** A uniform integer in [0, bound). */
  below(bound: number): number;
}
