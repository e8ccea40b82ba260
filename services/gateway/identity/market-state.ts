import { createHash, timingSafeEqual } from "node:crypto";
import express, { type Request, type Router } from "express";
import { FEE_ACCOUNT, type MarketId } from "#shared/domain/ids.ts";
import { formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import type { OrderEntry } from "../order-entry.ts";
import { findMarket } from "../rest/find-market.ts";
import { submit } from "../rest/submit.ts";
import type { AuctionResult, MarketsView } from "../views/region-view.ts";

export interface MarketStateDependencies {
  readonly entry: OrderEntry;
  readonly view: MarketsView;
  readonly operatorToken: string;
}

const { body: BODY } = MERIDIAN_OPERATIONS.marketState;

/**
 * POST /meridian/v1/markets/{symbol}/state: opens, halts or pauses a market; `Authorization: Bearer <the operator's token>`. Opening a market whose book
 * is crossed runs the call auction, whose price and quantity are in the answer.
 */
export function marketStateRouter({ entry, view, operatorToken }: MarketStateDependencies): Router {
  const router = express.Router();
  router.post("/markets/:symbol/state", async (request, response) => {
    if (!isOperator(request, operatorToken)) throw new ApiError("UNAUTHORIZED");
    const { market } = findMarket(view, request.params.symbol);
    const body = BODY.safeParse(request.body ?? {});
    if (!body.success) throw new ApiError("INVALID_FIELD", { field: "state" });
    const { state } = body.data;
    const command = { kind: "SetMarketState", market: market.id, state } as const;
    // Nobody's account: the command is the exchange's own.
    const outcome = await submit(entry, entry.freshCommandId(FEE_ACCOUNT), command);
    const uncrossed = outcome.events.find((event) => event.kind === "AuctionUncrossed");
    response.json({
      symbol: market.id,
      state,
      ...(uncrossed === undefined ? {} : { auction: auctionJson(view, market.id, uncrossed) }),
    });
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

/** Compares hashes, in constant time: neither the token nor its length shows. */
function isOperator(request: Request, operatorToken: string): boolean {
  const sent = /^Bearer (\S+)$/.exec(request.get("Authorization") ?? "")?.[1];
  return sent !== undefined && timingSafeEqual(hash(sent), hash(operatorToken));
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
