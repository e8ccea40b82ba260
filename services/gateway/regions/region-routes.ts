import express, { type Router } from "express";
import type { RegionId } from "#shared/domain/ids.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import type { OperatorDesk } from "../operators/operator-desk.ts";
import type { ExchangeStatus } from "./exchange-status.ts";

export interface RegionRoutesDependencies {
  readonly status: ExchangeStatus;
  /** Who may move shards comes here; nobody may without one. */
  readonly desk: OperatorDesk | undefined;
}

const RETRY_SECONDS = 5;
const { body: BODY } = MERIDIAN_OPERATIONS.promote;

/** `/regions` and `/ownership`: how Regions and shards stand, who owned what, and the planned move of a shard. */
export function regionRoutes({ status, desk }: RegionRoutesDependencies): Router {
  const { source } = status;
  const router = express.Router();
  router.get("/regions", (_request, response) => {
    response.json(status.now());
  });
  router.get("/ownership", (_request, response) => {
    response.json({
      shards: status.shards().map((shard) => {
        const { owner, epoch, branch, lineage } = source.ownershipOf(shard);
        return { shard, owner, epoch, branch, lineage };
      }),
    });
  });
  if (desk === undefined) return router;
  router.post("/ownership/:shard/promote", async (request, response) => {
    const asked = { ...request.body, shard: request.params.shard };
    const answer = await desk.act(request, "promote", asked, async () => {
      const body = BODY.safeParse(request.body ?? {});
      const regions = source.regions().map(({ region }) => region);
      if (!body.success || !regions.includes(body.data.to as RegionId)) {
        throw new ApiError("INVALID_FIELD", { field: "to" });
      }
      const shard = status.find(request.params.shard);
      if (shard === undefined) throw new ApiError("INVALID_FIELD", { field: "shard" });
      const promotion = await source.promote(shard, body.data.to as RegionId);
      if (promotion === "refused") throw new ApiError("CANNOT_PROMOTE");
      if (promotion === "unreachable") {
        throw new ApiError("OWNER_UNREACHABLE", { retryAfterSeconds: RETRY_SECONDS });
      }
      const { owner, epoch, branch } = source.ownershipOf(shard);
      return { shard, owner, epoch, branch };
    });
    response.json(answer);
  });
  return router;
}
