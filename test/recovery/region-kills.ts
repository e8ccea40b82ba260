import { type ControlClient, findPlatform } from "#local/supervisor/control-client.ts";
import { REGIONS, ZONES } from "#local/supervisor/supervisor.ts";
import type { Random } from "#shared/ports/random.ts";

/** What a kill ends: one process, a Region with its zones, or the supervisor, with which all else goes. */
export type Target =
  | { readonly kind: "zone" | "gateway" | "region" | "edge"; readonly processes: readonly string[] }
  | { readonly kind: "supervisor" };

/** How often each kind is drawn, in tenths. */
const KINDS = [
  "zone",
  "zone",
  "zone",
  "gateway",
  "gateway",
  "region",
  "region",
  "edge",
  "supervisor",
  "supervisor",
] as const;

/** Draws what is killed next. */
export function drawTarget(random: Random): Target {
  const kind = drawn(random, KINDS);
  const region = drawn(random, REGIONS);
  switch (kind) {
    case "zone":
      return { kind, processes: [`${region}/${drawn(random, ZONES)}`] };
    case "gateway":
      return { kind, processes: [region] };
    case "region":
      return { kind, processes: [region, ...ZONES.map((zone) => `${region}/${zone}`)] };
    case "edge":
      return { kind, processes: ["edge"] };
    case "supervisor":
      return { kind };
  }
}

/** Kills processes by their supervisor's knowledge of them. One that is not there just now, for it was killed a moment ago, is dead already. */
export async function killProcesses(dataFolder: string, processes: readonly string[]): Promise<void> {
  const control = controlOf(dataFolder);
  await Promise.all(
    processes.map((name) =>
      control.signal(name, "SIGKILL").catch((error: Error) => {
        if (!/no process/.test(error.message)) throw error;
      }),
    ),
  );
}

export function controlOf(dataFolder: string): ControlClient {
  const control = findPlatform(dataFolder);
  if (control === undefined) throw new Error(`no platform runs on ${dataFolder}`);
  return control;
}

function drawn<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[random.below(from.length)] ?? from[0];
}
