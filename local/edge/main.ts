import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { runChild } from "../supervisor/run-child.ts";
import { startMetricsServer } from "../telemetry/metrics-server.ts";
import type { EdgeRegion } from "./region-health.ts";
import { startEdge } from "./start-edge.ts";

export interface EdgeConfig {
  readonly port: number;
  readonly regions: readonly EdgeRegion[];
  /** Where the operations page's questions are answered; 0 where nobody watches the platform. */
  readonly opsPort: number;
  readonly webFolder: string;
}

/** The edge's process. */
runChild<EdgeConfig>(async (config, context) => {
  let { opsPort } = config;
  const open = openMetrics({ service: "edge", otlpUrl: process.env.OTEL_EXPORTER_OTLP_ENDPOINT });
  const { metrics } = open;
  const metricsServer = await startMetricsServer(open);
  const edge = await startEdge({ ...config, opsPort: () => opsPort, clock: systemClock(), metrics });
  context.onUpdate((update) => {
    const now = update as Pick<EdgeConfig, "regions" | "opsPort">;
    opsPort = now.opsPort;
    edge.setRegions(now.regions);
  });
  context.reportPorts({ edge: edge.port, metrics: metricsServer.port });
  return {
    stop: async () => {
      await edge.stop();
      await metricsServer.close();
    },
  };
});
