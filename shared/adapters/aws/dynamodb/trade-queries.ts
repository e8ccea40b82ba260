import type { MarketId } from "#shared/domain/ids.ts";
import type { TradeQuery, TradeRow } from "#shared/ports/projections.ts";
import type { Dynamo } from "./dynamo.ts";
import type { Condition, Query } from "./expressions.ts";
import {
  orderKey,
  orderOf,
  TRADE_STRIPES,
  type TradeRole,
  tradeOf,
  tradesOfAccount,
  tradesOfMarket,
} from "./projection-rows.ts";
import { numberOf } from "./row.ts";

/** Reads the Trades table by its indexes, which are a moment behind the table. */
export class TradeQueries {
  readonly #dynamo: Dynamo;

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo;
  }

  /** By rising trade id. */
  async trades(query: TradeQuery): Promise<TradeRow[]> {
    const { account: asked, orderId, limit, fromTradeId, startTime } = query;
    const account = asked ?? (orderId === undefined ? undefined : await this.#accountOf(query));
    const isForward = fromTradeId !== undefined || startTime !== undefined;
    const found =
      account === undefined
        ? await this.#ofMarket(query, isForward)
        : await Promise.all([
            this.#ofAccount({ ...query, account }, "maker", isForward),
            this.#ofAccount({ ...query, account }, "taker", isForward),
          ]);
    // A trade of an account with itself is under both roles and counts once.
    const byId = new Map(found.flat().map((trade) => [`${trade.tradeId} ${trade.branch}`, trade]));
    const rising = [...byId.values()].sort((a, b) => a.tradeId - b.tradeId);
    return isForward ? rising.slice(0, limit) : rising.slice(-limit);
  }

  #ofAccount(
    query: TradeQuery & Required<Pick<TradeQuery, "account">>,
    role: TradeRole,
    isForward: boolean,
  ): Promise<TradeRow[]> {
    const { account, market, state = "live", orderId } = query;
    const filter = filterOf(query, orderId === undefined ? undefined : `#${role}OrderId = :orderId`);
    return this.#page(query, isForward, {
      index: role === "maker" ? "byMaker" : "byTaker",
      hash: [`${role}Key`, tradesOfAccount(account, market, role, state)],
      range: { name: "tradeId", ...(query.fromTradeId !== undefined && { from: query.fromTradeId }) },
      ...(filter && { filter }),
    });
  }

  async #ofMarket(query: TradeQuery, isForward: boolean): Promise<TradeRow[][]> {
    const { market, state = "live", orderId } = query;
    const filter = filterOf(
      query,
      orderId === undefined ? undefined : "(#makerOrderId = :orderId OR #takerOrderId = :orderId)",
    );
    const { from, to } = await this.#idsWithin(query);
    return Promise.all(
      Array.from({ length: TRADE_STRIPES }, (_, stripe) =>
        this.#page(query, isForward, {
          index: "byMarket",
          hash: ["marketKey", tradesOfMarket(market, stripe, state)],
          range: { name: "tradeId", ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
          ...(filter && { filter }),
        }),
      ),
    );
  }

  async #page(
    { limit }: TradeQuery,
    isForward: boolean,
    query: Omit<Query, "limit" | "isBackward">,
  ): Promise<TradeRow[]> {
    const rows = await this.#dynamo.query("trades", { ...query, isBackward: !isForward, limit });
    return rows.map(tradeOf);
  }

  /** Trade ids between which the times asked for lie: on a tape, times rise with the ids, so the ends are found by halving. */
  async #idsWithin(query: TradeQuery): Promise<{ from?: number; to?: number }> {
    const { fromTradeId = 0, startTime, endTime, market, state = "live" } = query;
    // What was taken back is of several tapes, and little.
    if (state !== "live") return { from: fromTradeId };
    const start = startTime === undefined ? undefined : await this.#turnAt(market, startTime);
    const end = endTime === undefined ? undefined : await this.#turnAt(market, endTime + 1);
    return {
      from: Math.max(fromTradeId, (start?.before ?? -1) + 1),
      ...(end?.from !== undefined && { to: end.from }),
    };
  }

  /** Where in the first stripe a time begins: the last trade before it, and the first that is not; those of the other stripes lie between. */
  async #turnAt(market: MarketId, time: number): Promise<{ before?: number; from?: number }> {
    const newest = await this.#inFirstStripe(market, { isBackward: true });
    if (newest === undefined) return {};
    if (newest.time < time) return { before: newest.tradeId };
    let [low, high] = [0, newest.tradeId as number];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const trade = await this.#inFirstStripe(market, { from: middle });
      if (trade === undefined || trade.time >= time) high = middle;
      else low = trade.tradeId + 1;
    }
    // `low` is behind the last one before the time.
    const [before, from] = await Promise.all([
      low === 0 ? undefined : this.#inFirstStripe(market, { to: low - 1, isBackward: true }),
      this.#inFirstStripe(market, { from: low }),
    ]);
    return { ...(before && { before: before.tradeId }), ...(from && { from: from.tradeId }) };
  }

  async #inFirstStripe(
    market: MarketId,
    { from, to, isBackward = false }: FirstStripePlace,
  ): Promise<TradeRow | undefined> {
    const [row] = await this.#dynamo.query("trades", {
      index: "byMarket",
      hash: ["marketKey", tradesOfMarket(market, 0, "live")],
      range: { name: "tradeId", ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
      isBackward,
      limit: 1,
    });
    return row === undefined ? undefined : tradeOf(row);
  }

  /** Whose an order is: its trades are then found under its account. */
  async #accountOf({ orderId }: TradeQuery) {
    if (orderId === undefined) return undefined;
    const row = await this.#dynamo.get("orders", { pk: orderKey(orderId) });
    return row === undefined ? undefined : orderOf(row).account;
  }
}

interface FirstStripePlace {
  readonly from?: number;
  readonly to?: number;
  readonly isBackward?: boolean;
}

function filterOf(query: TradeQuery, ofOrder: string | undefined): Condition | undefined {
  const { startTime, endTime, orderId } = query;
  const texts = [
    ...(startTime === undefined ? [] : ["#time >= :startTime"]),
    ...(endTime === undefined ? [] : ["#time <= :endTime"]),
    ...(ofOrder === undefined ? [] : [ofOrder]),
  ];
  if (texts.length === 0) return undefined;
  return {
    expression: texts.join(" AND "),
    values: {
      ...(startTime !== undefined && { startTime }),
      ...(endTime !== undefined && { endTime }),
      ...(ofOrder !== undefined && orderId !== undefined && { orderId: numberOf({ orderId }, "orderId") }),
    },
  };
}
