import express, { type Router } from "express";
import { FEE_ACCOUNT, type MarketId } from "#shared/domain/ids.ts";
import { formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import type { OperatorDesk } from "../operators/operator-desk.ts";
import type { OrderEntry } from "../order-entry.ts";
import { findMarket } from "../rest/find-market.ts";
import { submit } from "../rest/submit.ts";
import type { AuctionResult, MarketsView } from "../views/region-view.ts";

export interface MarketStateDependencies {
  readonly entry: OrderEntry;
  readonly view: MarketsView;
  readonly desk: OperatorDesk;
}

const { body: BODY } = MERIDIAN_OPERATIONS.marketState;

/**
 * POST /meridian/v1/markets/{symbol}/state: opens, halts or pauses a market; `Authorization: Bearer <the operator's token>`. Opening a market whose book
 * is crossed runs the call auction, whose price and quantity are in the answer.
 */
export function marketStateRouter({ entry, view, desk }: MarketStateDependencies): Router {
  const router = express.Router();
  router.post("/markets/:symbol/state", async (request, response) => {
    const { symbol } = request.params;
    const asked = { ...request.body, symbol };
    const answer = await desk.act(request, "marketState", asked, async () => {
      const { market } = findMarket(view, symbol);
      const body = BODY.safeParse(request.body ?? {});
      if (!body.success) throw new ApiError("INVALID_FIELD", { field: "state" });
      const { state } = body.data;
      const command = { kind: "SetMarketState", market: market.id, state } as const;
      // Nobody's account: the command is the exchange's own.
      const outcome = await submit(entry, entry.freshCommandId(FEE_ACCOUNT), command);
      const uncrossed = outcome.events.find((event) => event.kind === "AuctionUncrossed");
      const auction = uncrossed === undefined ? {} : { auction: auctionJson(view, market.id, uncrossed) };
      return { symbol: market.id, state, ...auction };
    });
    response.json(answer);
  });
  return router;
}

/** In BREAK, what the call auction would do now; nothing otherwise. */
export function indicativeAuctionJson(view: MarketsView, id: MarketId) {
  const auction = view.tradingState(id) === "BREAK" ? view.indicativeAuction(id) : undefined;
  return auction === undefined ? {} : { indicativeAuction: auctionJson(view, id, auction) };
}

function auctionJson(view: MarketsView, id: MarketId, { price, quantity }: AuctionResult) {
  const { market, base } = findMarket(view, id);
  return { price: formatPrice(market, price), quantity: formatQuantity(market, base, quantity) };
}
