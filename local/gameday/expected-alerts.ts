/** What an experiment must set off. */
export interface Expectation {
  /** Alerts that must fire. */
  readonly fires: readonly string[];
  /** Alerts that may: they depend on what the load happens to do, or on how busy the machine is. */
  readonly mayFire: readonly string[];
  /** How long it must be hurt for them: the longest time that a condition must hold, and the evaluations and scrapes around it. */
  readonly hurtSeconds: number;
}

/** Half a minute for two evaluations of 15 s and the scrapes before them. */
const after = (seconds: number) => seconds + 35;

/**
 * By experiment. Promises about time and availability (`…Burn…`) may always fire: they look back an hour and more, and of a platform that has run for minutes a few slow
 * orders are much.
 */
export const EXPECTED_ALERTS: Readonly<Record<string, Expectation>> = {
  "zone-loss": { fires: ["ZoneFailover"], mayFire: [], hurtSeconds: 10 },
  // Nothing breaks: nobody may be woken.
  "planned-move": { fires: [], mayFire: [], hurtSeconds: 10 },
  // It is back before anything pages, and its counters begin anew.
  "region-restart": { fires: [], mayFire: ["ZoneFailover"], hurtSeconds: 20 },
  "region-loss": {
    fires: ["ProcessDown", "RegionUnreachable"],
    // Its zones, when they wake, find each other silent.
    mayFire: ["ZoneFailover"],
    hurtSeconds: after(60),
  },
  partition: {
    fires: ["RegionUnreachable", "ForkOpen", "NoOwner"],
    mayFire: ["ReplicaLag", "FinalityStalled"],
    hurtSeconds: after(60),
  },
  "partition-one-way": {
    fires: ["RegionUnreachable", "ForkOpen"],
    mayFire: ["ReplicaLag"],
    hurtSeconds: after(60),
  },
  "isolate-owner": {
    fires: ["RegionUnreachable", "ForkOpen"],
    mayFire: ["ReplicaLag"],
    hurtSeconds: after(60),
  },
  // Leases may run out over lossy links, now and then.
  latency: { fires: [], mayFire: ["ForkOpen", "NoOwner", "RegionUnreachable"], hurtSeconds: 20 },
  "store-throttle": { fires: ["OrdersRefused"], mayFire: [], hurtSeconds: after(60) },
  // A queue is stuck after five minutes and more, which a game day does not wait for; the tests rehearse its runbook.
  "ledger-stall": { fires: [], mayFire: [], hurtSeconds: 20 },
  "cpu-starve": {
    fires: [],
    mayFire: ["ZoneFailover", "ForkOpen", "NoOwner", "RegionUnreachable", "EventLoopLag", "ProcessDown"],
    hurtSeconds: 20,
  },
};

/** Of an experiment that the table does not name: nothing must fire. Hurt for a shorter time than its alerts need, they may fire and need not. */
export function expectationOf(experiment: string, forSeconds?: number): Expectation {
  const known = EXPECTED_ALERTS[experiment] ?? { fires: [], mayFire: [], hurtSeconds: 10 };
  if (forSeconds === undefined) return known;
  if (forSeconds >= known.hurtSeconds) return { ...known, hurtSeconds: forSeconds };
  return { fires: [], mayFire: [...known.fires, ...known.mayFire], hurtSeconds: forSeconds };
}

/** Whether an alert is one of a promise, which may always fire. */
export function isOfPromise(alert: string): boolean {
  return /Burn(Fast|Slow)$/.test(alert);
}
