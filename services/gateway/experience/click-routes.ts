import express, { type Router } from "express";
import { parseTraceparent } from "#shared/domain/trace-context.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { MakeUsageCounter } from "#shared/ports/usage-counter.ts";
import type { ClickResult } from "#shared/protocol/clicks.ts";
import type { KeepReason, Tracing } from "#shared/telemetry/tracing.ts";
import { CLICK_OPERATIONS } from "./click-operations.ts";
import { toldByPage } from "./told-by-pages.ts";

export interface ClickDependencies {
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly makeCounter: MakeUsageCounter;
}

const KEEP: Readonly<Record<ClickResult, KeepReason | undefined>> = {
  answered: undefined,
  refused: "refused",
  unanswered: "error",
};

/** `/clicks`: the spans of pages' clicks, with which traces begin. Anybody may tell, so a click is a span only of a trace that this gateway has a part of, or that is exported anyway. */
export function clickRoutes({ tracing, clock, makeCounter }: ClickDependencies): Router {
  const reports = makeCounter("clicks", 60);
  const router = express.Router();
  router.post("/clicks", async (request, response) => {
    const { clicks } = await toldByPage(request, reports, CLICK_OPERATIONS.reportClicks.body);
    for (const { traceparent, tookMs, endedMsAgo, result } of clicks) {
      const context = parseTraceparent(traceparent);
      if (context === undefined) continue;
      const endMs = clock.monotonic() - endedMsAgo;
      const times = { beginMs: endMs - tookMs, endMs };
      tracing.told("page.click", context, times, {
        attributes: { "meridian.result": result },
        keep: KEEP[result],
      });
    }
    response.json({ ok: true });
  });
  return router;
}
