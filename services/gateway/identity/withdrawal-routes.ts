import express, { type Router } from "express";
import type { ShardId } from "#shared/domain/ids.ts";
import { formatAmount, parseAmount } from "#shared/domain/market-units.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import type { OrderEntry } from "../order-entry.ts";
import { refusalOfSubmission } from "../refusal-of-submission.ts";
import type { ShardFinality } from "../regions/region-status-source.ts";
import { commandIdOf } from "../rest/idempotency.ts";
import { effectOf } from "../rest/submit.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import { authenticateRequest } from "./authenticate-request.ts";
import type { Authenticator } from "./principal.ts";

export interface WithdrawalRoutesDependencies {
  readonly identity: Authenticator;
  readonly entry: OrderEntry;
  readonly view: ExchangeView;
  readonly finality: ReadonlyMap<ShardId, ShardFinality>;
  readonly clock: Clock;
}

const { withdraw } = MERIDIAN_OPERATIONS;
/** So long an answer waits for the majority: a few round trips between Regions. */
const FINAL_MS = 3000;

/**
 * `/withdrawals`: takes funds out of the exchange. Nothing may be paid for it before it is final (architecture, section 5), so the answer waits for that, and says whether it came: whoever asks again under the same key is told how it stands.
 * In a fork it is refused.
 */
export function withdrawalRoutes({
  identity,
  entry,
  view,
  finality,
  clock,
}: WithdrawalRoutesDependencies): Router {
  const router = express.Router();
  router.post("/withdrawals", async (request, response) => {
    const principal = await authenticateRequest(request, identity, "trade");
    // A key that leaked may trade, and takes nothing out.
    if (principal.via !== "session") throw new ApiError("UNAUTHORIZED");
    if (request.get("Idempotency-Key") === undefined)
      throw new ApiError("MANDATORY_PARAM", { field: "Idempotency-Key" });
    const read = withdraw.body.safeParse(request.body ?? {});
    if (!read.success)
      throw new ApiError("INVALID_FIELD", { field: String(read.error.issues[0]?.path[0] ?? "body") });
    const from = view.shard(read.data.shard);
    if (from === undefined) throw new ApiError("INVALID_FIELD", { field: "shard" });
    const asset = from.asset(read.data.asset);
    if (asset === undefined) throw new ApiError("INVALID_FIELD", { field: "asset" });
    const parsed = parseAmount(asset, read.data.amount);
    if (!parsed.ok || parsed.units === 0) throw new ApiError("INVALID_FIELD", { field: "amount" });
    const { account } = principal;
    const command = { kind: "Withdraw", account, asset: asset.id, amount: parsed.units } as const;
    const withdrawalId = commandIdOf(request, principal, entry);
    const submission = await entry.submit(withdrawalId, command, from.shard);
    if (!submission.ok) throw refusalOfSubmission(submission);
    const { events, seq } = effectOf(submission.outcome, command);
    const taken = events.find(({ kind }) => kind === "Withdrawn");
    const isSame = taken?.kind === "Withdrawn" && taken.asset === asset.id && taken.amount === parsed.units;
    if (!isSame) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    const ofShard = finality.get(from.shard);
    response.status(201).json({
      withdrawalId,
      asset: asset.id,
      amount: formatAmount(asset, parsed.units),
      shard: from.shard,
      seq,
      final: ofShard !== undefined && (await becomesFinal(ofShard, seq, clock)),
    });
  });
  return router;
}

async function becomesFinal(finality: ShardFinality, seq: number, clock: Clock): Promise<boolean> {
  if (finality.finalSeq >= seq) return true;
  const { promise, resolve } = Promise.withResolvers<void>();
  const advance = finality.onAdvance(() => {
    if (finality.finalSeq >= seq) resolve();
  });
  const deadline = clock.schedule(FINAL_MS, resolve);
  await promise;
  advance.cancel();
  deadline.cancel();
  return finality.finalSeq >= seq;
}
