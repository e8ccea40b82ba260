import express, { type Router } from "express";
import { ApiError } from "#shared/protocol/errors.ts";
import type { ExperienceReport } from "#shared/protocol/experience.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { isSameOrigin } from "../identity/same-origin.ts";
import { clientNetwork } from "../rest/client-network.ts";
import type { MakeUsageCounter } from "../rest/usage-counter.ts";
import { EXPERIENCE_OPERATIONS } from "./experience-operations.ts";

export interface ExperienceDependencies {
  readonly metrics: Metrics;
  readonly makeCounter: MakeUsageCounter;
}

/** A page tells twice a minute; an office of traders may stand behind one address. */
const REPORTS_PER_MINUTE = 120;

/**
 * `/experience`: what pages measure becomes metrics. Anybody may tell, so it is bounded, from Meridian's own pages, limited by address, and moves nothing but what people look at: no alert
 * pages anybody for it alone.
 */
export function experienceRoutes({ metrics, makeCounter }: ExperienceDependencies): Router {
  const reports = makeCounter(60);
  const router = express.Router();
  router.post("/experience", async (request, response) => {
    if (!isSameOrigin(request)) throw new ApiError("FOREIGN_ORIGIN");
    const { used, remainingMs } = await reports.add(clientNetwork(request.ip ?? ""), 1);
    if (used > REPORTS_PER_MINUTE)
      throw new ApiError("TOO_MANY_REQUESTS", {
        details: [String(REPORTS_PER_MINUTE), "1 MINUTE"],
        retryAfterSeconds: Math.ceil(remainingMs / 1000),
      });
    const read = EXPERIENCE_OPERATIONS.reportExperience.body.safeParse(request.body ?? {});
    if (!read.success) throw new ApiError("INVALID_FIELD", { field: fieldAtFault(read.error) });
    record(read.data, metrics);
    response.json({ ok: true });
  });
  return router;
}

function record(
  report: Omit<ExperienceReport, "loadMs"> & { loadMs?: number | undefined },
  metrics: Metrics,
) {
  for (const ms of report.orderMs) {
    metrics.record("meridian_client_order_seconds", ms / 1000, {});
    metrics.add("meridian_client_orders_total", { result: "answered" });
  }
  metrics.add("meridian_client_orders_total", { result: "unanswered" }, report.unansweredOrders);
  metrics.record("meridian_client_silence_seconds", report.silenceMs / 1000, {});
  if (report.loadMs !== undefined) metrics.record("meridian_client_load_seconds", report.loadMs / 1000, {});
  metrics.add("meridian_client_resyncs_total", {}, report.resyncs);
  metrics.add("meridian_client_reconnects_total", {}, report.reconnects);
  metrics.add("meridian_client_script_errors_total", {}, report.scriptErrors);
  metrics.add("meridian_client_reports_total", {});
}

function fieldAtFault({
  issues: [issue],
}: {
  issues: readonly { path: PropertyKey[]; keys?: string[] }[];
}): string {
  return String(issue?.keys?.[0]?.slice(0, 40) ?? issue?.path[0] ?? "body");
}
