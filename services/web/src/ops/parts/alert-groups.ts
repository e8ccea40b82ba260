import type { OpsAlert } from "#shared/protocol/ops-messages.ts";

/** An alert, of whatever it fires: of each Region, shard or process it says one thing. */
export interface AlertGroup extends Pick<OpsAlert, "name" | "severity" | "state"> {
  /** Of the oldest. */
  readonly since: number;
  readonly summaries: readonly string[];
}

/** One of each alert, in the order in which they are told. Where it fires for one thing, it is not pending for another. */
export function groupAlerts(alerts: readonly OpsAlert[]): AlertGroup[] {
  return [...Map.groupBy(alerts, ({ name }) => name)].map(([name, all]) => {
    const firing = all.filter(({ state }) => state === "firing");
    const told = firing.length > 0 ? firing : all;
    return {
      name,
      severity: all[0]?.severity ?? "",
      state: firing.length > 0 ? "firing" : "pending",
      since: Math.min(...told.map(({ since }) => since)),
      summaries: [...new Set(told.map(({ summary }) => summary))].toSorted(),
    };
  });
}
