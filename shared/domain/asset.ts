import type { AssetId } from "./ids.ts";

/** Something that is owned and traded. Amounts are integers of its smallest unit, 10^-scale. */
export interface Asset {
  readonly id: AssetId;
  /** Decimal places of the smallest unit: 8 for BTC, 6 for USDT. */
  readonly scale: number;
}
