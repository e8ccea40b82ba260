import express, { type Request, type Router } from "express";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { NotNow, type OperatedPlatform, UnderWay } from "./operated-platform.ts";
import type { OperatorDesk } from "./operator-desk.ts";
import { OPERATOR_OPERATIONS } from "./operator-operations.ts";

const RETRY_SECONDS = 5;

/** `/operator/queues`, `/operator/shards/…`, `/operator/ledger/check`: what operators see and do in this Region, besides its markets and who owns what. */
export function operatorRoutes(desk: OperatorDesk, platform: OperatedPlatform): Router {
  const router = express.Router();
  router.get("/operator/queues", async (request, response) => {
    await desk.admit(request, "queues");
    const backlogs = platform.queues.map(async (queue) => {
      const { oldestMs = null, oldestDeadMs = null, ...counts } = await platform.backlog(queue);
      return { queue, ...counts, oldestMs, oldestDeadMs };
    });
    const [waiting, queues] = await Promise.all([platform.waiting(), Promise.all(backlogs)]);
    const shards = waiting.map(({ shard, outbox, journal }) => ({
      shard,
      outbox: outbox.waiting,
      outboxOldestMs: outbox.oldestMs ?? null,
      journal: journal.waiting,
      journalOldestMs: journal.oldestMs ?? null,
    }));
    response.json({ queues, shards });
  });
  router.post("/operator/queues/:queue/redrive", async (request, response) => {
    const asked = { ...request.body, queue: request.params.queue };
    const answer = await desk.act(request, "redrive", asked, async () => {
      const queue = queueOf(request.params.queue);
      const body = OPERATOR_OPERATIONS.redrive.body.safeParse(request.body ?? {});
      if (!body.success) throw new ApiError("INVALID_FIELD", { field: "limit" });
      return { queue, moved: await platform.redrive(queue, body.data.limit) };
    });
    response.json(answer);
  });
  router.get("/operator/shards/:shard/snapshots", async (request, response) => {
    await desk.admit(request, "snapshots");
    const shard = shardOf(request.params.shard);
    const snapshots = (await platform.snapshots(shard)).map(({ branch, seq, digest, bytes }) => {
      return { branch, seq, digest, bytes: bytes.length };
    });
    response.json({ shard, snapshots });
  });
  router.post("/operator/shards/:shard/snapshots", async (request, response) => {
    const answer = await actOnShard(request, "takeSnapshot", (shard) => platform.takeSnapshot(shard));
    response.status(201).json(answer);
  });
  router.get("/operator/shards/:shard/digests", async (request, response) => {
    await desk.admit(request, "digests");
    const shard = shardOf(request.params.shard);
    const read = OPERATOR_OPERATIONS.digests.query.safeParse(request.query);
    if (!read.success) throw new ApiError("INVALID_FIELD", { field: "seq" });
    const { seq } = read.data;
    const answer = await now(async () => {
      const at = seq === undefined ? undefined : await platform.digestAt(shard, Number(seq) as Seq);
      return { folded: platform.foldedSeq(shard), live: await platform.digests(shard), at: at ?? null };
    });
    response.json({ shard, ...answer });
  });
  router.post("/operator/shards/:shard/replay", async (request, response) => {
    response.json(await actOnShard(request, "replay", (shard) => platform.replay(shard)));
  });
  router.post("/operator/shards/:shard/projections", async (request, response) => {
    const answer = await actOnShard(request, "rebuildProjections", (shard) =>
      platform.rebuildProjections(shard),
    );
    response.json(answer);
  });
  router.post("/operator/ledger/check", async (request, response) => {
    const checks = await desk.act(request, "checkLedger", {}, () => now(() => platform.checkLedger()));
    response.json({
      checks: checks.map(({ shard, seq, difference, differing }) => ({
        shard,
        seq,
        difference: difference.toString(),
        differing: differing.map(({ account, asset, engine, ledger }) => {
          return { account, asset, engine: engine.toString(), ledger: ledger.toString() };
        }),
      })),
    });
  });
  return router;

  function actOnShard<T extends object>(
    request: Request,
    operation: string,
    work: (shard: ShardId) => Promise<T>,
  ): Promise<T & { shard: ShardId }> {
    const { shard: named } = request.params;
    return desk.act(request, operation, { shard: named }, async () => {
      const shard = shardOf(named);
      return { shard, ...(await now(() => work(shard))) };
    });
  }

  function shardOf(named: unknown): ShardId {
    const shard = platform.shards.find((one) => one === named);
    if (shard === undefined) throw new ApiError("INVALID_FIELD", { field: "shard" });
    return shard;
  }

  function queueOf(named: unknown): Consumer {
    const queue = platform.queues.find((one) => one === named);
    if (queue === undefined) throw new ApiError("INVALID_FIELD", { field: "queue" });
    return queue;
  }
}

async function now<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof UnderWay ? "UNDER_WAY" : error instanceof NotNow ? "CANNOT_NOW" : undefined;
    if (code === undefined) throw error;
    const { message: detail } = error as Error;
    throw new ApiError(code, { detail, retryAfterSeconds: RETRY_SECONDS });
  }
}
