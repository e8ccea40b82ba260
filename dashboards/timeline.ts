/** What a person on call lays beside each other to see what came of what: a line of the timeline, and an annotation on every dashboard. */
export interface Track {
  readonly id: "experiments" | "alerts" | "ownership" | "zones" | "processes";
  readonly title: string;
  /** A series is there as long as it lasts; of what happens at a moment, for a minute after it. */
  readonly expr: string;
  /** Grafana's template of what a series is called. */
  readonly text: string;
  readonly isMoment: boolean;
  readonly color: "purple" | "red" | "blue" | "orange";
}

/** Each window of a moment: longer than the step that a timeline is asked with. */
export const MOMENT_SECONDS = 60;

const ROSE = `max by (shard, region) (delta(meridian_epoch[${MOMENT_SECONDS}s])) > 0`;

export const TRACKS: readonly Track[] = [
  {
    id: "experiments",
    title: "Experiments",
    expr: "max by (experiment) (meridian_experiment_running) == 1",
    text: "{{experiment}}",
    isMoment: false,
    color: "purple",
  },
  {
    id: "alerts",
    title: "Alerts",
    expr: 'max by (alertname, severity) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
    text: "{{alertname}}",
    isMoment: false,
    color: "red",
  },
  {
    id: "ownership",
    title: "Shards moved",
    // The epoch rises in every Region; the one that owns the shard is the one that it went to. Until that is sure of its lease nobody is named.
    expr: `((${ROSE}) and on (shard, region) (meridian_shard_owned == 1)) or on (shard) max by (shard) (${ROSE})`,
    text: "{{shard}} → {{region}}",
    isMoment: true,
    color: "blue",
  },
  {
    id: "zones",
    title: "Zones took over",
    expr: `sum by (region, reason) (increase(meridian_zone_failovers_total[${MOMENT_SECONDS}s])) > 0`,
    text: "{{region}} ({{reason}})",
    isMoment: true,
    color: "blue",
  },
  {
    id: "processes",
    title: "Silent processes",
    expr: 'max by (process) (up{job="meridian"}) == 0',
    text: "{{process}}",
    isMoment: false,
    color: "orange",
  },
];
