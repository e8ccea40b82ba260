/** `page` wakes somebody; `ticket` waits for the morning; `none` watches the watchers. */
export type Severity = "page" | "ticket" | "none";

/** A Prometheus alert and what whoever is woken by it needs. */
export interface Alert {
  /** CamelCase, as Prometheus' own; its runbook is `runbooks/<in-kebab-case>.md`. */
  readonly name: string;
  readonly severity: Severity;
  readonly expr: string;
  /** How long it must hold before the alert fires; at once where nothing is said. */
  readonly for?: string;
  /** One line; may use Prometheus' templates. */
  readonly summary: string;
  /** Who feels what. */
  readonly description: string;
  /** Why this bound and this time. */
  readonly rationale: string;
  /** The dashboard, and the panel in it, that shows it. */
  readonly panel: `${string}/${string}`;
}

/** `ConservationBroken` → `conservation-broken` */
export function runbookOf({ name }: Pick<Alert, "name">): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, "-$&").toLowerCase();
}
