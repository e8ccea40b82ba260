import type { OpsAlert, OpsStatus } from "#shared/protocol/ops-messages.ts";
import type { Standing } from "./kept-prometheus.ts";
import type { ActiveAlert } from "./prometheus-client.ts";

const WATCHDOG = "Watchdog";
const NOTHING = { isAlerting: false, alerts: [], experiments: [], silent: [] };

/** How things stand, for whoever looks at the operations page. Throws `QueryFailed`. */
export async function opsStatus(standing: Standing | "not-installed"): Promise<OpsStatus> {
  if (standing === "not-installed") return { metrics: "not-installed", ...NOTHING };
  if (standing.kind === "starting") return { metrics: "starting", ...NOTHING };
  if (standing.kind === "down") return { metrics: "down", reason: standing.reason, ...NOTHING };
  const { client } = standing;
  const [alerts, experiments, silent] = await Promise.all([
    client.alerts(),
    client.query("max by (experiment) (meridian_experiment_running) == 1"),
    client.query('max by (process) (up{job="meridian"}) == 0'),
  ]);
  const names = (label: string, found: typeof experiments) =>
    found.map(({ metric }) => metric[label] ?? "").toSorted();
  return {
    metrics: "up",
    isAlerting: alerts.some(({ labels, state }) => labels.alertname === WATCHDOG && state === "firing"),
    alerts: alerts
      .filter(({ labels }) => labels.alertname !== WATCHDOG)
      .map(told)
      .toSorted((a, b) => rank(a) - rank(b) || a.since - b.since || a.summary.localeCompare(b.summary)),
    experiments: names("experiment", experiments),
    silent: names("process", silent),
  };
}

function told({ labels, annotations, state, activeAt }: ActiveAlert): OpsAlert {
  return {
    name: labels.alertname ?? "",
    severity: labels.severity ?? "",
    state,
    summary: annotations.summary ?? "",
    since: Date.parse(activeAt),
  };
}

/** What fires first, and of that what pages. */
function rank({ state, severity }: OpsAlert): number {
  return (state === "firing" ? 0 : 2) + (severity === "page" ? 0 : 1);
}
