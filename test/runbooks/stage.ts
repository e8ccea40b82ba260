import { join } from "node:path";
import type { Stage as ExperimentStage } from "#local/chaos/experiment.ts";
import { findPlatform } from "#local/supervisor/control-client.ts";
import { REGIONS } from "#local/supervisor/supervisor.ts";
import { parseOpsOptions } from "#runbooks/ops/options.ts";
import { Platform, PlatformRefused } from "#runbooks/ops/platform.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

/** What a command of `npm run ops` came to. */
export interface Said {
  /** As the exit code: 0 all is well, 2 something is not, 1 it could not be carried out. */
  readonly code: number;
  readonly output: string;
}

/** A platform of three Regions in which the states of alerts are made. */
export interface Stage {
  readonly url: string;
  readonly dataFolder: string;
  /** What experiments disturb. */
  readonly experiment: ExperimentStage;
  /** `npm run ops -- …`, and nobody is asked. */
  ops(line: string): Promise<Said>;
  /** Signed up and funded while all was well. */
  readonly trader: TestTrader;
  /** A new trader with test funds. */
  newTrader(): Promise<TestTrader>;
  /** No Region has a fork whose replay is not final: while one has, it opens no other. */
  isReconciled(): Promise<boolean>;
  /** Where a Region's gateway answers, past the edge. */
  gatewayOf(region: string): Promise<string>;
  /** A file in a Region's data folder. */
  file(region: string, ...names: readonly string[]): string;
}

/** The stage of a platform that runs on a data folder. */
export async function stageOf(url: string, dataFolder: string, token: string): Promise<Stage> {
  const control = findPlatform(dataFolder);
  if (control === undefined) throw new Error(`no platform runs on ${dataFolder}`);
  const platform = new Platform(url, token);
  let traders = 0;
  return {
    url,
    dataFolder,
    trader: await signUpTrader(url, "trader"),
    experiment: { control, backend: "embedded", regions: REGIONS, clock: systemClock(), noteTook: () => {} },
    ops: async (line) => {
      const options = parseOpsOptions(line.split(" "), {});
      if (options.kind === "help") return { code: 0, output: options.text };
      try {
        const { text, isBad = false } = await options.command.run(platform, options);
        return { code: isBad ? 2 : 0, output: text };
      } catch (error) {
        if (!(error instanceof PlatformRefused)) throw error;
        return { code: 1, output: error.message };
      }
    },
    newTrader: () => signUpTrader(url, `trader-${++traders}`),
    isReconciled: async () => {
      const sights = await platform.sights();
      return sights.every(({ shards }) => shards.every(({ reconciling }) => !reconciling));
    },
    gatewayOf: async (region) => {
      const { regions } = await control.status();
      return `http://127.0.0.1:${regions.find((one) => one.region === region)?.gatewayPort}`;
    },
    file: (region, ...names) => join(dataFolder, region, ...names),
  };
}
