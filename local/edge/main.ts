import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { runChild } from "../supervisor/run-child.ts";
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
  const edge = await startEdge({ ...config, opsPort: () => opsPort, clock: systemClock() });
  context.onUpdate((update) => {
    const now = update as Pick<EdgeConfig, "regions" | "opsPort">;
    opsPort = now.opsPort;
    edge.setRegions(now.regions);
  });
  context.reportPorts({ edge: edge.port });
  return edge;
});
