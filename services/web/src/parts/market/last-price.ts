import type { TickerMessage } from "#shared/protocol/socket.ts";
import { isZero, readable } from "../../money/decimal.ts";

/** The last price for reading; a dash where nothing was ever traded. */
export function lastPriceText({ lastPrice }: TickerMessage, digits: number): string {
  return isZero(lastPrice) ? "–" : readable(lastPrice, digits);
}
