import fc from "fast-check";
import type Mocha from "mocha";
import { SEED } from "./seed.ts";

/** Mocha's root hooks: every fast-check property draws from the one seed, and a test that fails says how to run it again. */
export const mochaHooks: Mocha.RootHookObject = {
  beforeAll() {
    fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
  },
  afterEach(this: Mocha.Context) {
    if (this.currentTest?.state === "failed")
      process.stdout.write(`      failed with seed ${SEED}; again: MERIDIAN_SEED=${SEED} npm test\n`);
  },
};
