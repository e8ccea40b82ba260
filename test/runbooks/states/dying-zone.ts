import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { State } from "./state.ts";

const ZONE = "us-east-1/b";
const LOOK_MS = 100;

/** A zone whose process dies again as soon as it is there, as one that does not bear its own start. The other one goes on alone. */
export function dyingZone(): State {
  const clock = systemClock();
  let isDying = false;
  let loop: Promise<void> = Promise.resolve();
  return {
    make: async ({ experiment: { control } }) => {
      isDying = true;
      loop = (async () => {
        while (isDying) {
          // It may be between two lives.
          await control.signal(ZONE, "SIGKILL").catch(() => {});
          await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
        }
      })();
    },
    end: async () => {
      isDying = false;
      await loop;
    },
  };
}
