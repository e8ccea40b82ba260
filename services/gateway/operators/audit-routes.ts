import express, { type Router } from "express";
import { ApiError } from "#shared/protocol/errors.ts";
import type { OperatorDesk } from "./operator-desk.ts";
import { OPERATOR_OPERATIONS } from "./operator-operations.ts";

const DEFAULT_LIMIT = 50;

/** `/operator/audit`: what operators did in this Region. */
export function auditRoutes(desk: OperatorDesk): Router {
  const router = express.Router();
  router.get("/operator/audit", async (request, response) => {
    await desk.admit(request, "audit");
    const read = OPERATOR_OPERATIONS.audit.query.safeParse(request.query);
    if (!read.success)
      throw new ApiError("INVALID_FIELD", { field: String(read.error.issues[0]?.path[0] ?? "query") });
    const { before, limit } = read.data;
    const entries = await desk.read({
      limit: limit === undefined ? DEFAULT_LIMIT : Number(limit),
      ...(before === undefined ? {} : { before }),
    });
    response.json({ entries });
  });
  return router;
}
