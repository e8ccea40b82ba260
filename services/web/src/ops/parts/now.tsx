import { runbookOf } from "#dashboards/alerts/alert.ts";
import type { OpsStatus } from "#shared/protocol/ops-messages.ts";
import { lastsText } from "../chart/value-text.ts";
import type { Polled } from "../state/use-polled.ts";
import { runbookAddress } from "../state/use-route.ts";
import { type AlertGroup, groupAlerts } from "./alert-groups.ts";
import { verdictOf } from "./verdict.ts";

/** Of one alert; the rest is counted. */
const SUMMARIES_MAX = 4;

/** Is anything wrong, is it a rehearsal, and what to read: the top of the page. */
export function Now({ status }: { readonly status: Polled<OpsStatus> }) {
  const { mood, words, more } = verdictOf(status);
  const { alerts = [], experiments = [] } = status.value ?? {};
  const groups = groupAlerts(alerts);
  const firing = groups.filter(({ state }) => state === "firing");
  const pending = groups.filter(({ state }) => state === "pending");
  return (
    <section className="now" aria-label="How things stand" data-mood={mood}>
      <h1 role="status">{words}</h1>
      {more !== "" && <p>{more}</p>}
      {experiments.length > 0 && (
        <p className="rehearsal">
          <b>An experiment is running: {experiments.join(", ")}.</b> This is a rehearsal, unless clients feel
          more than they are meant to. <a href={runbookAddress("run-a-game-day")}>Game day</a>
        </p>
      )}
      <AlertList groups={firing} />
      {pending.length > 0 && (
        <details>
          <summary>
            {pending.length} more {pending.length === 1 ? "fires" : "fire"} if what they see goes on
          </summary>
          <AlertList groups={pending} />
        </details>
      )}
    </section>
  );
}

function AlertList({ groups }: { readonly groups: readonly AlertGroup[] }) {
  if (groups.length === 0) return null;
  return (
    <ul className="alerts">
      {groups.map(({ name, state, severity, since, summaries }) => (
        <li key={name} data-severity={state === "firing" ? severity : "pending"}>
          <span className="severity">{state === "firing" ? severity : "pending"}</span>
          <span>
            <b>{name}</b> <small className="soft">for {lastsText(Date.now() - since)}</small>
            {summaries.slice(0, SUMMARIES_MAX).map((summary) => (
              <span className="summary" key={summary}>
                {summary}
              </span>
            ))}
            {summaries.length > SUMMARIES_MAX && (
              <span className="summary soft">and {summaries.length - SUMMARIES_MAX} more</span>
            )}
          </span>
          <a href={runbookAddress(runbookOf({ name }))} aria-label={`Runbook of ${name}`}>
            Runbook
          </a>
        </li>
      ))}
    </ul>
  );
}
