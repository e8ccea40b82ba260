import { tradeRoom, userRoom } from "#services/gateway/sockets/rooms.ts";
import { tradeMessages } from "#services/gateway/sockets/trade-messages.ts";
import { accountsOf, userMessages } from "#services/gateway/sockets/user-messages.ts";
import { WireMessages } from "#services/gateway/sockets/wire-messages.ts";
import { createRegionView } from "#services/gateway/views/create-region-view.ts";
import type { RegionView } from "#services/gateway/views/region-view.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import type { ProductionFlow } from "../flows/production-flow.ts";

/** Tells every message to a room of a user or of trades, as if somebody followed each. Depth, tickers and candles are gathered and sent a few times a second, however many orders there are. */
export function tellRoomMessages(
  flow: ProductionFlow,
  tell: (room: string, event: string, message: unknown) => void,
): void {
  const { shard, outcomes } = flow;
  const view = viewBefore(flow);
  const wire = new WireMessages(view);
  view.onUpdate((update) => {
    const { outcome, trades } = update;
    for (const account of accountsOf(update))
      for (const { event, message } of userMessages(update, account, outcome.seq - 1, wire))
        tell(userRoom(shard, account), event, message);
    for (const market of new Set(trades.map((trade) => trade.market)))
      for (const message of tradeMessages(outcome, market, outcome.seq - 1, wire))
        tell(tradeRoom(market), "trade", message);
  });
  for (const outcome of outcomes) view.apply(outcome);
}

/** A view that knows the flow's assets, market and funds. */
export function viewBefore({ shard, branch, before }: ProductionFlow): RegionView {
  const view = createRegionView({
    state: createEngine(shard, branch).state(),
    trades: new Map(),
    candles: new Map(),
  });
  for (const outcome of before) view.apply(outcome);
  return view;
}
