import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";
import { restart } from "./restart.ts";
import type { State } from "./state.ts";

const REGION = "eu-west-1";

/** What a platform is started with so that a process of it can be one that was built wrong. */
export function buildsMayBeFaulty(dataFolder: string) {
  const option = `--import=${new URL("./build-with-fault.ts", import.meta.url)}`;
  return { option, env: { FAULTY_BUILD: markerOf(dataFolder) } };
}

/**
 * A Region got a build whose view miscounts what comes in, and somebody deposits: what its clients are shown does not add up, while fold, digests and ledger are right. It ends as the page says: the build is
 * rolled back and the Region's process begun anew, which folds its view anew.
 *
 * Nothing that is done to a Region's data makes this state: a journal that holds other events than the fold tells, and a snapshot whose balances do not add up, are refused at the start.
 */
export const faultyBuild: State = {
  make: async (stage) => {
    writeFileSync(markerOf(stage.dataFolder), "");
    await restart(stage, [REGION]);
    await becomesTrue(`what clients of ${REGION} see does not add up`, async () => {
      await stage.newTrader();
      return isBroken(stage);
    });
  },
  end: async (stage) => {
    rmSync(markerOf(stage.dataFolder));
    await restart(stage, [REGION]);
  },
};

function markerOf(dataFolder: string): string {
  return join(dataFolder, "faulty-build");
}

async function isBroken({ dataFolder }: Stage): Promise<boolean> {
  const scrape = (await scrapeAll(dataFolder)).find(({ process }) => process === REGION);
  return (scrape?.samples ?? []).some(
    ({ name, value }) => name === "meridian_conservation_residual" && value !== 0,
  );
}
