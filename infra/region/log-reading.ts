import type { RegionBase } from "./region-stack-types.ts";

/** How the Region's services follow logs: what the streams have consumers for. */
export function logReading({ stack }: RegionBase): "fan-out" | "polling" {
  return stack.environment.commandLog.fanOut ? "fan-out" : "polling";
}
