import type { Exchange } from "../state/exchange.ts";
import type { Store } from "../state/store.ts";

/** What every part of the page gets. */
export interface PartProps {
  readonly store: Store;
  readonly exchange: Exchange;
}
