import { ExchangeView } from "#services/gateway/views/exchange-view.ts";
import type { RegionView } from "#services/gateway/views/region-view.ts";

/** One shard's view as the whole exchange, on a tape that never goes back. */
export function exchangeOf(view: RegionView): ExchangeView {
  const onRewind = () => ({ cancel: () => {} });
  return new ExchangeView([Object.assign(view, { onRewind })]);
}
