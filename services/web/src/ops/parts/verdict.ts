import type { OpsStatus } from "#shared/protocol/ops-messages.ts";
import type { Polled } from "../state/use-polled.ts";
import { groupAlerts } from "./alert-groups.ts";

/** How things stand in one sentence, and how bad that is. */
export interface Verdict {
  readonly mood: "good" | "bad" | "warn" | "waiting";
  readonly words: string;
  /** What to do about it, or what else is to be known. */
  readonly more: string;
}

/** In words: what somebody who was just woken reads first. */
export function verdictOf({ value, problem }: Polled<OpsStatus>): Verdict {
  if (problem?.kind === "not-watched")
    return {
      mood: "warn",
      words: "Nobody watches this platform",
      more: "Start it with npm start -- --observe, and metrics, alerts and the timeline are here.",
    };
  if (problem?.kind === "failed")
    return {
      mood: "bad",
      words: "No word from the platform",
      more: `${problem.words}. What is below is old.`,
    };
  if (value === undefined) return { mood: "waiting", words: "Asking …", more: "" };
  switch (value.metrics) {
    case "not-installed":
      return {
        mood: "warn",
        words: "There are no metrics",
        more: "Prometheus is not installed where the platform runs: install the package prometheus, or name its program in PROMETHEUS_PATH.",
      };
    case "starting":
      return { mood: "waiting", words: "Prometheus is starting", more: "Metrics come in a few seconds." };
    case "down":
      return {
        mood: "bad",
        words: "Prometheus is down",
        more: `It is started again by itself (${value.reason}). Until then nothing alerts.`,
      };
    case "up":
      return ofAlerts(value);
  }
}

function ofAlerts({ alerts, isAlerting, silent }: OpsStatus): Verdict {
  const firing = groupAlerts(alerts).filter(({ state }) => state === "firing");
  const pages = firing.filter(({ severity }) => severity === "page").length;
  if (!isAlerting)
    return {
      mood: "waiting",
      words: "Alerts are not evaluated yet",
      more: "The watchdog must fire within half a minute of the start. If it does not, nobody would be told of anything.",
    };
  if (firing.length === 0)
    return {
      mood: silent.length === 0 ? "good" : "warn",
      words:
        silent.length === 0
          ? "All is well"
          : `${silent.join(", ")} ${silent.length === 1 ? "is" : "are"} silent`,
      more:
        silent.length === 0
          ? "Alerts are evaluated, and none fires."
          : "No alert fires yet: what comes back within half a minute pages nobody.",
    };
  const kinds = pages === 0 ? "no page" : `${pages} of them a page`;
  return {
    mood: pages === 0 ? "warn" : "bad",
    words: `${firing.length} ${firing.length === 1 ? "alert fires" : "alerts fire"}`,
    more:
      firing.length === 1
        ? pages === 0
          ? "A ticket, no page."
          : "It pages."
        : `${kinds[0]?.toUpperCase()}${kinds.slice(1)}.`,
  };
}
