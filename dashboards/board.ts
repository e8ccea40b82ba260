/** A query of a panel, and how its lines are named. */
export interface Query {
  readonly expr: string;
  /** Grafana's template: `{{region}}`. */
  readonly legend: string;
}

/** One question, and its answer over time. */
export interface Panel {
  /** Alerts name it `<board>/<panel>`. */
  readonly id: string;
  /** A question. */
  readonly title: string;
  /** What a good and a bad answer look like. */
  readonly description: string;
  /** Grafana's unit: `s`, `reqps`, `short`, … */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** `stat` shows the last value large. */
  readonly kind?: "timeseries" | "stat";
  /** Empty while all is well: nothing is counted before the first time. */
  readonly isOftenEmpty?: boolean;
  /** A line that must not be crossed, in the unit. */
  readonly limit?: number;
  /** The page in `runbooks/` to open when it looks wrong; of its alerts if nothing is said. */
  readonly runbook?: string;
}

export interface Row {
  readonly title: string;
  /** A row for each Region, `$region` in its title: every query in it gives one line a Region. */
  readonly repeatBy?: "region";
  readonly panels: readonly Panel[];
}

/** A dashboard. */
export interface Board {
  /** File name, uid, and the first part of its panels' names. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}
