import express, { type Router } from "express";
import type { MakeUsageCounter } from "#shared/ports/usage-counter.ts";
import type { ExperienceReport } from "#shared/protocol/experience.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { EXPERIENCE_OPERATIONS } from "./experience-operations.ts";
import { toldByPage } from "./told-by-pages.ts";

export interface ExperienceDependencies {
  readonly metrics: Metrics;
  readonly makeCounter: MakeUsageCounter;
}

/**
 * `/experience`: what pages measure becomes metrics. Anybody may tell, so it is bounded, from Meridian's own pages, limited by address, and moves nothing but what people look at: no alert
 * pages anybody for it alone.
 */
export function experienceRoutes({ metrics, makeCounter }: ExperienceDependencies): Router {
  const reports = makeCounter("experience", 60);
  const router = express.Router();
  router.post("/experience", async (request, response) => {
    const report = await toldByPage(request, reports, EXPERIENCE_OPERATIONS.reportExperience.body);
    record(report, metrics);
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
