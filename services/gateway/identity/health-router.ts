import express, { type Router } from "express";

/** Whether this gateway can take orders now, and if not, why. */
export interface ReadyReport {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** `/healthz`: the process answers. `/readyz`: it can take orders; 503 with the reasons if not. */
export function createHealthRouter({ isReady }: { readonly isReady: () => ReadyReport }): Router {
  const router = express.Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", (_request, response) => {
    const report = isReady();
    response.status(report.ready ? 200 : 503).json(report);
  });
  return router;
}
