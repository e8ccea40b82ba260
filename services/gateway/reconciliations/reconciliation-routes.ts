import express, { type Router } from "express";
import { ApiError } from "#shared/protocol/errors.ts";
import { authenticateRequest } from "../identity/authenticate-request.ts";
import type { Authenticator } from "../identity/principal.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import type { OperatorDesk } from "../operators/operator-desk.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { ReconciliationFeed } from "./reconciliation-feed.ts";
import { ReconciliationJson } from "./reconciliation-json.ts";

export interface ReconciliationRoutesDependencies {
  readonly identity: Authenticator;
  readonly view: ExchangeView;
  readonly reconciliations: ReconciliationFeed;
  /** Operators see the list, which names no account. */
  readonly desk: OperatorDesk | undefined;
}

const { reconciliations: LIST } = MERIDIAN_OPERATIONS;
const DEFAULT_LIMIT = 20;

/** `/reconciliations` and `/adjustments`: what became of forks, and what that changed for the account that asks. */
export function reconciliationRoutes(dependencies: ReconciliationRoutesDependencies): Router {
  const { identity, view, desk } = dependencies;
  const { store } = dependencies.reconciliations;
  const json = new ReconciliationJson(view);
  const router = express.Router();
  router.get("/reconciliations", async (request, response) => {
    if (desk?.operatorOf(request) === undefined) await authenticateRequest(request, identity, "user-data");
    const found = await store.list(pageOf(request.query));
    response.json({ reconciliations: found.map((each) => json.message(each)) });
  });
  router.get("/reconciliations/:id", async (request, response) => {
    const { account } = await authenticateRequest(request, identity, "user-data");
    const found = await store.get(request.params.id);
    if (found === undefined) throw new ApiError("NO_SUCH_RECONCILIATION");
    response.json(json.whole(found, account));
  });
  router.get("/adjustments", async (request, response) => {
    const { account } = await authenticateRequest(request, identity, "user-data");
    const found = await store.list({ account, state: "reconciled", ...pageOf(request.query) });
    response.json({ adjustments: found.map((each) => json.adjustment(each, account)) });
  });
  return router;
}

function pageOf(query: unknown): { readonly limit: number; readonly before: string | undefined } {
  const read = LIST.query.safeParse(query);
  if (!read.success) {
    const field = read.error.issues[0]?.path[0] === "before" ? "before" : "limit";
    throw new ApiError("INVALID_FIELD", { field });
  }
  const { limit, before } = read.data;
  return { limit: limit === undefined ? DEFAULT_LIMIT : Number(limit), before };
}
