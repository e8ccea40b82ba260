import type { Event, Outcome, Trade } from "#shared/domain/event.ts";
import type { MarketId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import type { BusMessage, TradeAmounts } from "#shared/protocol/bus/bus-message.ts";
import { eventName } from "#shared/protocol/bus/event-name.ts";
import { topicOf } from "#shared/protocol/bus/topics.ts";

/** What a message says of markets. Base, quote and lot of a market never change, so any definition of it will do. */
export type MarketOf = (market: MarketId) => Market | undefined;

/** The messages of one outcome, in the order of its events; each carries the outcome's trace, where it is of one. */
export function busMessages(
  outcome: Outcome,
  isFinal: boolean,
  marketOf: MarketOf,
  traceparent?: string,
): BusMessage[] {
  const { shard, branch, seq, time, commandId, events } = outcome;
  return events.flatMap((event, index): BusMessage[] => {
    const topic = topicOf(event, outcome);
    if (topic === undefined) return [];
    const place = { shard, branch, seq, index };
    const message = {
      ...place,
      name: eventName(place),
      topic,
      group: groupOf(event) ?? `shard:${shard}`,
      time,
      commandId,
      isFinal,
      event,
      ...(traceparent === undefined ? undefined : { traceparent }),
    };
    return [event.kind === "Trade" ? { ...message, amounts: amountsOf(event, marketOf) } : message];
  });
}

/** The market of an event; `undefined` for one of none. */
function groupOf(event: Event): MarketId | undefined {
  if (!("market" in event)) return undefined;
  const { market } = event;
  if (typeof market !== "string") return market.id;
  return market === "" ? undefined : market;
}

function amountsOf({ market, quantity, quote }: Trade, marketOf: MarketOf): TradeAmounts {
  const definition = marketOf(market);
  assert(definition !== undefined, `the market ${market} of a trade is known`);
  return {
    base: definition.base,
    baseAmount: quantity * definition.basePerLot,
    quote: definition.quote,
    quoteAmount: quote,
  };
}
