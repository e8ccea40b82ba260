import type { MarketState } from "./market-state.ts";
import { Terms } from "./terms.ts";

/** What the reader found: `"other"` is anything that it leaves to the general decoder. */
export type Found = "PlaceOrder" | "CancelOrder" | "Tick" | "other";

/** A record of the log as the fold reads it: numbers, in memory that is used again. */
export class ReadCommand {
  /** Where the record stands. */
  bytes: Uint8Array | undefined = undefined;
  start = 0;
  end = 0;
  found: Found = "other";
  /** The command id as four little-endian words, and its hash (`hashOfCommandId`). */
  readonly commandId = new Int32Array(4);
  hash = 0;
  validUntil = 0;
  account = 0;
  // Set whenever an order or a cancel was found.
  market!: MarketState;
  /** Of CancelOrder. */
  orderId = 0;
  /** Of PlaceOrder. */
  readonly terms = new Terms();
  /** Of Tick. */
  time = 0;
}
