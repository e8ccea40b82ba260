import type { Alert } from "./alert.ts";
import { INVARIANT_ALERTS } from "./invariant-alerts.ts";
import { REGION_ALERTS } from "./region-alerts.ts";
import { SATURATION_ALERTS } from "./saturation-alerts.ts";
import { burnAlerts } from "./slo.ts";
import { SLOS } from "./slos.ts";

/** Every alert of Meridian. Each has a runbook, a panel that shows it, and tests that fire and silence it. */
export const ALERTS: readonly Alert[] = [
  ...SLOS.flatMap(burnAlerts),
  ...INVARIANT_ALERTS,
  ...REGION_ALERTS,
  ...SATURATION_ALERTS,
];
