import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { CommandLineError } from "../cli/fatal.ts";
import type { BackendName, RegionCount } from "../cli/options.ts";
import { findPlatform } from "../supervisor/control-client.ts";
import { startSupervisor } from "../supervisor/supervisor.ts";
import type { Stage } from "./experiment.ts";

export interface StageOptions {
  readonly dataFolder: string;
  /** Of a platform that is started. */
  readonly regions: RegionCount;
  readonly backend: BackendName;
  /** A platform that is started is watched, as with `--observe`. */
  readonly viewToken?: string;
  /** The platform that was started cannot go on; where nothing is said, this program ends with it. */
  readonly onFailure?: (error: Error) => void;
}

export interface OpenStage {
  readonly stage: Stage;
  readonly url: string;
  /** It was started for this. */
  readonly isOwn: boolean;
  /** Ends the platform if it was started for this. */
  close(): Promise<void>;
}

/** The platform that runs on a data folder; one is started where none does. Throws `CommandLineError`. */
export async function openStage(options: StageOptions): Promise<OpenStage> {
  const { dataFolder } = options;
  const own = findPlatform(dataFolder) === undefined ? await startOwn(options) : undefined;
  try {
    const control = findPlatform(dataFolder);
    if (control === undefined) throw new CommandLineError(`No platform runs on ${dataFolder}.`);
    const { url, regions, backend } = await control.status();
    if (url === undefined) throw new CommandLineError("The platform's edge is not ready; try again.");
    return {
      stage: {
        control,
        backend,
        clock: systemClock(),
        regions: regions.map(({ region }) => region),
        noteTook: () => {},
      },
      url,
      isOwn: own !== undefined,
      close: async () => {
        await own?.stop();
      },
    };
  } catch (error) {
    await own?.stop();
    throw error;
  }
}

function startOwn({ dataFolder, regions, backend, viewToken, onFailure = throwIt }: StageOptions) {
  return startSupervisor({
    port: 0,
    dataFolder,
    fresh: false,
    regions,
    backend,
    bots: false,
    viewToken,
    latencyPercent: 100,
    clock: systemClock(),
    random: systemRandom(),
    onRestart: () => {},
    onFailure,
  });
}

function throwIt(error: Error): never {
  throw error;
}
