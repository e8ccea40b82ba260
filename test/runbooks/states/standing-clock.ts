import { allExperiments } from "#local/chaos/experiments/all.ts";
import { regionOf } from "#local/chaos/experiments/parts.ts";
import { becomes } from "#test/support/becomes-true.ts";
import type { Stage } from "../stage.ts";
import { restart } from "./restart.ts";
import type { State } from "./state.ts";

/** What a platform is started with (`NODE_OPTIONS`) so that the clock of one of its processes can be made to stand. */
export const CLOCKS_MAY_STAND = `--import=${new URL("./stop-clock-on-signal.ts", import.meta.url)}`;

/**
 * The owner's monotonic clock stands, as that of a virtual machine that was paused, and its links are cut: it judges its lease by that clock, and goes on saying that it owns its shards when others have
 * long taken them over. No register and no lease can tell it; only that it is ended, as the page says.
 */
export const standingClock: State = {
  make: async (stage) => {
    const region = regionOf(stage.experiment);
    const { processes } = await stage.experiment.control.status();
    const pid = processes.find(({ name }) => name === region)?.pid;
    if (pid === undefined) throw new Error(`${region} has no process`);
    process.kill(pid, "SIGUSR2");
    await isolation().hurt(stage.experiment);
    await becomes(
      "another Region owns crypto-1",
      () => ownersElsewhere(stage),
      ({ length }) => length > 0,
    );
  },
  end: async (stage) => {
    await restart(stage, [regionOf(stage.experiment)]);
    await isolation().heal(stage.experiment);
  },
};

function isolation() {
  const found = allExperiments().find(({ name }) => name === "isolate-owner");
  if (found === undefined) throw new Error("there is no experiment isolate-owner");
  return found;
}

/** Regions other than the one that is hurt which say that they own the shard. */
async function ownersElsewhere({ experiment: { control, regions } }: Stage): Promise<readonly string[]> {
  const status = await control.status();
  return status.regions
    .filter(({ region }) => region !== regions[0])
    .filter(({ observation }) =>
      observation?.shards.some(({ shard, route }) => shard === "crypto-1" && route === "own"),
    )
    .map(({ region }) => region);
}
