import fc from "fast-check";
import type Mocha from "mocha";
import { SEED } from "./seed.ts";
import { abandonWaits } from "./waits.ts";

/** Mocha's root hooks: every fast-check property draws from the one seed, and a test that fails says how to run it again and what it was waiting for, and waits no more. */
export const mochaHooks: Mocha.RootHookObject = {
  beforeAll() {
    fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
  },
  afterEach(this: Mocha.Context) {
    if (this.currentTest?.state !== "failed") return;
    abandonWaits();
    process.stdout.write(`      failed with seed ${SEED}; again: MERIDIAN_SEED=${SEED} npm test\n`);
  },
};
