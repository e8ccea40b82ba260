import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { runChild } from "../supervisor/run-child.ts";
import type { EdgeRegion } from "./region-health.ts";
import { startEdge } from "./start-edge.ts";

export interface EdgeConfig {
  readonly port: number;
  readonly regions: readonly EdgeRegion[];
  readonly webFolder: string;
}

/** The edge's process. */
runChild<EdgeConfig>(async (config, context) => {
  const edge = await startEdge({ ...config, clock: systemClock() });
  context.onUpdate((update) => edge.setRegions((update as EdgeConfig).regions));
  context.reportPorts({ edge: edge.port });
  return edge;
});
