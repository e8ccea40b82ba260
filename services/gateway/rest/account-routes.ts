import { z } from "zod";
import { formatAmount } from "#shared/domain/market-units.ts";
import * as answers from "./answers.ts";
import { commissionJson, rate, rates } from "./commission.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findMarket } from "./find-market.ts";
import { flag, symbol } from "./parameters.ts";
import { type Route, route } from "./route.ts";

/** Basis points, the unit of the old commission fields. */
const PPM_PER_BASIS_POINT = 100;

/** The account itself: balances, fees, limits. */
export function accountRoutes({ view, orderLimiter }: RestDependencies): Route[] {
  return [
    route({
      method: "get",
      path: "/api/v3/account",
      summary: "Balances and permissions",
      security: "user-data",
      weight: 20,
      parameters: z.object({
        omitZeroBalances: flag("Leave out assets that the account has none of.").optional(),
      }),
      answer: answers.account,
      handle: ({ parameters, principal }) => {
        const held = new Map(view.balances(principal.account).map((balance) => [balance.asset, balance]));
        const assets = view.assets().filter(({ id }) => parameters.omitZeroBalances !== true || held.has(id));
        const makerPpm = Math.max(0, ...view.markets().map(({ makerFeePpm }) => makerFeePpm));
        const takerPpm = Math.max(0, ...view.markets().map(({ takerFeePpm }) => takerFeePpm));
        return {
          makerCommission: Math.ceil(makerPpm / PPM_PER_BASIS_POINT),
          takerCommission: Math.ceil(takerPpm / PPM_PER_BASIS_POINT),
          buyerCommission: 0,
          sellerCommission: 0,
          commissionRates: rates(makerPpm, takerPpm),
          canTrade: principal.canTrade,
          canWithdraw: false,
          canDeposit: true,
          brokered: false,
          requireSelfTradePrevention: false,
          preventSor: false,
          updateTime: view.time,
          accountType: "SPOT",
          balances: assets.map((asset) => {
            const balance = held.get(asset.id);
            return {
              asset: asset.id,
              free: formatAmount(asset, balance?.free ?? 0),
              locked: formatAmount(asset, balance?.locked ?? 0),
            };
          }),
          permissions: ["SPOT"],
          uid: principal.account,
        };
      },
    }),
    route({
      method: "get",
      path: "/api/v3/account/commission",
      summary: "The account's fees in a market",
      security: "user-data",
      weight: 20,
      parameters: z.object({ symbol }),
      answer: answers.commission,
      handle: ({ parameters }) => commissionJson(findMarket(view, parameters.symbol).market),
    }),
    route({
      method: "get",
      path: "/api/v3/rateLimit/order",
      summary: "How many orders the account placed of what it may",
      security: "user-data",
      weight: 40,
      parameters: z.object({}),
      answer: answers.orderCounts,
      handle: ({ principal }) => orderLimiter.usage(principal.account),
    }),
    route({
      method: "get",
      path: "/sapi/v1/asset/tradeFee",
      summary: "The account's fees in one market or all",
      security: "user-data",
      weight: 1,
      parameters: z.object({ symbol: symbol.optional() }),
      answer: answers.tradeFees,
      handle: ({ parameters }) => {
        const markets =
          parameters.symbol === undefined ? view.markets() : [findMarket(view, parameters.symbol).market];
        return markets.map(({ id, makerFeePpm, takerFeePpm }) => {
          return { symbol: id, makerCommission: rate(makerFeePpm), takerCommission: rate(takerFeePpm) };
        });
      },
    }),
  ];
}
