import express, { type Router } from "express";
import type { z } from "zod";
import type { AccountId, OrderId, ShardId } from "#shared/domain/ids.ts";
import { formatAmount, parseAmount } from "#shared/domain/market-units.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import type { OrderEntry } from "../order-entry.ts";
import type { ReconciliationFeed } from "../reconciliations/reconciliation-feed.ts";
import { refusalOfSubmission } from "../refusal-of-submission.ts";
import type { ShardFinality } from "../regions/region-status-source.ts";
import { findMarket } from "../rest/find-market.ts";
import { findOrder } from "../rest/find-order.ts";
import type { FreshnessDependencies } from "../rest/freshness.ts";
import { commandIdOf } from "../rest/idempotency.ts";
import { OrderJson } from "../rest/order-json.ts";
import { effectOf } from "../rest/submit.ts";
import { transferJson } from "../rest/transfer-json.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import { authenticateRequest } from "./authenticate-request.ts";
import type { Authenticator } from "./principal.ts";

export interface ExchangeRoutesDependencies extends FreshnessDependencies {
  readonly identity: Authenticator;
  readonly entry: OrderEntry;
  readonly finality: ReadonlyMap<ShardId, ShardFinality>;
  readonly reconciliations: ReconciliationFeed;
}

const { createTransfer, orderStatus } = MERIDIAN_OPERATIONS;

/** What an account has and sends, shard by shard: `/balances`, `/transfers`, and one order with what is final of it. */
export function exchangeRoutes(dependencies: ExchangeRoutesDependencies): Router {
  const { identity, view, entry, finality } = dependencies;
  const json = new OrderJson(view);
  const router = express.Router();

  router.get("/balances", async (request, response) => {
    const { account } = await authenticateRequest(request, identity, "user-data");
    response.json({ shards: view.shards.map(({ shard }) => shardBalances(view, shard, account)) });
  });

  router.get("/transfers", async (request, response) => {
    const { account } = await authenticateRequest(request, identity, "user-data");
    const transfers = view.transfersInFlight(account).map((transfer) => transferJson(view, transfer));
    response.json({ transfers });
  });

  router.post("/transfers", async (request, response) => {
    const principal = await authenticateRequest(request, identity, "trade");
    const { asset: id, amount: text, fromShard, toShard } = read(createTransfer.body, request.body ?? {});
    const from = view.shard(fromShard);
    const to = view.shard(toShard);
    if (from === undefined) throw new ApiError("INVALID_FIELD", { field: "fromShard" });
    if (to === undefined || to === from) throw new ApiError("INVALID_FIELD", { field: "toShard" });
    const asset = from.asset(id);
    if (asset === undefined) throw new ApiError("INVALID_FIELD", { field: "asset" });
    const parsed = parseAmount(asset, text);
    if (!parsed.ok || parsed.units === 0) throw new ApiError("INVALID_FIELD", { field: "amount" });
    const { account } = principal;
    const command = {
      kind: "TransferOut",
      ...{ account, asset: asset.id, amount: parsed.units, toShard: to.shard },
    } as const;
    const commandId = commandIdOf(request, principal, entry);
    const submission = await entry.submit(commandId, command, from.shard);
    if (!submission.ok) throw refusalOfSubmission(submission);
    const sent = effectOf(submission.outcome, command).events.find(({ kind }) => kind === "TransferredOut");
    if (sent?.kind !== "TransferredOut") throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    response.status(201).json({
      transferId: sent.transferId,
      asset: sent.asset,
      amount: formatAmount(asset, sent.amount),
      fromShard: from.shard,
      toShard: sent.toShard,
    });
  });

  router.get("/order", async (request, response) => {
    const { account } = await authenticateRequest(request, identity, "user-data");
    const { symbol, orderId, origClientOrderId } = read(orderStatus.query, request.query);
    if (orderId === undefined && origClientOrderId === undefined) {
      throw new ApiError("MANDATORY_EITHER", { details: ["orderId", "origClientOrderId"], field: "orderId" });
    }
    const { market } = findMarket(view, symbol);
    const named = {
      orderId: orderId === undefined ? undefined : (Number(orderId) as OrderId),
      origClientOrderId,
    };
    const found = await findOrder(dependencies, account, market.id, named);
    if (found === undefined) throw new ApiError("NO_SUCH_ORDER");
    const own = view.shardOf(market.id);
    const isProvisional = view.isProvisional(market.id, found.seq);
    const finalSeq = (own && finality.get(own.shard)?.finalSeq) ?? 0;
    const conflict = await dependencies.reconciliations.store.conflictOf(found.orderId);
    response.json({
      ...json.order(found),
      shard: own?.shard ?? "",
      seq: found.seq,
      provisional: isProvisional,
      final: !isProvisional && found.seq > 0 && found.seq <= finalSeq,
      conflicted: conflict !== undefined,
      compensated: conflict?.isCompensated ?? false,
    });
  });
  return router;
}

function shardBalances(view: ExchangeView, id: ShardId, account: AccountId) {
  const balances = view.shard(id)?.balances(account) ?? [];
  return {
    shard: id,
    balances: balances.flatMap(({ asset: assetId, free, locked }) => {
      const asset = view.asset(assetId);
      if (asset === undefined) return [];
      return [{ asset: assetId, free: formatAmount(asset, free), locked: formatAmount(asset, locked) }];
    }),
  };
}

function read<T extends z.ZodType>(schema: T, sent: unknown): z.output<T> {
  const result = schema.safeParse(sent);
  if (result.success) return result.data;
  throw new ApiError("INVALID_FIELD", { field: String(result.error.issues[0]?.path[0] ?? "body") });
}
