import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { runChild } from "../supervisor/run-child.ts";
import { startMetricsServer } from "../telemetry/metrics-server.ts";
import { tracesFromEnvironment } from "../telemetry/traces-from-environment.ts";
import { runZone } from "./run-zone.ts";

export interface ZoneConfig {
  readonly region: string;
  readonly zone: string;
  /** Where the Region's process listens for its zones. */
  readonly port: number;
}

/** A matching process in one zone of a Region. */
runChild<ZoneConfig>(async ({ region, zone, port }, context) => {
  let now = port;
  context.onUpdate((update) => {
    now = (update as ZoneConfig).port;
  });
  const open = openMetrics({ service: "matching", region, zone });
  const server = await startMetricsServer(open);
  context.reportPorts({ metrics: server.port });
  const clock = systemClock();
  const { metrics } = open;
  const traces = tracesFromEnvironment({ service: "matching", region, zone, clock, metrics }, process.env);
  const running = runZone({
    zone,
    clock,
    port: () => now,
    metrics,
    ...(traces === undefined ? {} : { tracing: traces.tracing, onKept: (ids) => traces.keptElsewhere(ids) }),
  });
  return {
    stop: async () => {
      running.stop();
      await traces?.close();
      await server.close();
    },
  };
});
