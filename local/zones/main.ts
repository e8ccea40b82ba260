import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { runChild } from "../supervisor/run-child.ts";
import { runZone } from "./run-zone.ts";

export interface ZoneConfig {
  readonly zone: string;
  /** Where the Region's process listens for its zones. */
  readonly port: number;
}

/** A matching process in one zone of a Region. */
runChild<ZoneConfig>(async ({ zone, port }, context) => {
  let now = port;
  context.onUpdate((update) => {
    now = (update as ZoneConfig).port;
  });
  const running = runZone({ zone, clock: systemClock(), port: () => now });
  return { stop: async () => running.stop() };
});
