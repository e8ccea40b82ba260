import { runbookOf } from "#dashboards/alerts/alert.ts";
import type { OpsAlert, OpsStatus } from "#shared/protocol/ops-messages.ts";
import { lastsText } from "../chart/value-text.ts";
import type { Polled } from "../state/use-polled.ts";
import { runbookAddress } from "../state/use-route.ts";
import { verdictOf } from "./verdict.ts";

/** Is anything wrong, is it a rehearsal, and what to read: the top of the page. */
export function Now({ status }: { readonly status: Polled<OpsStatus> }) {
  const { mood, words, more } = verdictOf(status);
  const { alerts = [], experiments = [] } = status.value ?? {};
  const firing = alerts.filter(({ state }) => state === "firing");
  const pending = alerts.filter(({ state }) => state === "pending");
  return (
    <section className="now" aria-label="Now" data-mood={mood}>
      <h1 role="status">{words}</h1>
      {more !== "" && <p>{more}</p>}
      {experiments.length > 0 && (
        <p className="rehearsal">
          <b>An experiment is running: {experiments.join(", ")}.</b> This is a rehearsal, unless clients feel
          more than they are meant to. <a href={runbookAddress("run-a-game-day")}>Game day</a>
        </p>
      )}
      {firing.length > 0 && (
        <ul className="alerts">
          {firing.map((alert) => (
            <AlertLine key={`${alert.name} ${alert.summary}`} alert={alert} />
          ))}
        </ul>
      )}
      {pending.length > 0 && (
        <details>
          <summary>
            {pending.length} more {pending.length === 1 ? "fires" : "fire"} if what they see goes on
          </summary>
          <ul className="alerts">
            {pending.map((alert) => (
              <AlertLine key={`${alert.name} ${alert.summary}`} alert={alert} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function AlertLine({ alert: { name, severity, state, summary, since } }: { readonly alert: OpsAlert }) {
  return (
    <li data-severity={state === "firing" ? severity : "pending"}>
      <span className="severity">{state === "firing" ? severity : "pending"}</span>
      <span>
        <b>{name}</b> <small className="soft">for {lastsText(Date.now() - since)}</small>
        <br />
        {summary}
      </span>
      <a href={runbookAddress(runbookOf({ name }))}>Runbook</a>
    </li>
  );
}
