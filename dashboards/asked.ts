import { type Chosen, VARIABLES } from "./variables.ts";

/** How a query of a panel is asked: Grafana fills these in by itself. */
export interface Asked {
  /** The window of rates: several scrapes long. */
  readonly rateSeconds: number;
  readonly chosen?: Chosen;
}

/** A panel's query as Prometheus takes it. */
export function asked(expr: string, { rateSeconds, chosen = {} }: Asked): string {
  let filled = expr.replaceAll("$__rate_interval", `${rateSeconds}s`);
  for (const { name } of VARIABLES) filled = filled.replaceAll(`$${name}`, chosen[name] ?? ".*");
  return filled;
}

/** What a line is called: `{{region}}` and the like, filled in from its labels. */
export function legendText(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend
    .replaceAll(/\{\{(\w+)\}\}/g, (_all, label: string) => labels[label] ?? "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
