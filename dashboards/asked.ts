/** How a query of a panel is asked: Grafana fills these in by itself. */
export interface Asked {
  /** The window of rates: several scrapes long. */
  readonly rateSeconds: number;
  /** All where nothing is said. */
  readonly region?: string;
}

/** A panel's query as Prometheus takes it, with every shard and every market chosen. */
export function asked(expr: string, { rateSeconds, region = ".*" }: Asked): string {
  return expr
    .replaceAll("$__rate_interval", `${rateSeconds}s`)
    .replaceAll("$region", region)
    .replaceAll(/\$(shard|market)/g, ".*");
}

/** What a line is called: `{{region}}` and the like, filled in from its labels. */
export function legendText(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend
    .replaceAll(/\{\{(\w+)\}\}/g, (_all, label: string) => labels[label] ?? "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
