import { DatabaseSync } from "node:sqlite";
import { allExperiments } from "#local/chaos/experiments/all.ts";
import { eventually } from "#test/support/eventually.ts";
import type { Stage } from "../stage.ts";
import type { State } from "./state.ts";

const REGION = "us-east-1";

/**
 * Deposits that the ledger gave up on: while it stands still they come into its queue, and there they are given up as five tries at two and a half minutes would have done it. Then the ledger goes on, and lacks them.
 */
export const deadLetters: State = {
  make: async (stage) => {
    const stall = allExperiments().find(({ name }) => name === "ledger-stall");
    // Open, and whole so far.
    await stage.ops(`ledger check --region ${REGION}`);
    await stall?.hurt(stage.experiment);
    // The first is what the ledger has in hand when it stands still; the second waits behind it.
    await stage.newTrader();
    await stage.newTrader();
    await eventually(() => bury(stage) > 0);
    await stall?.heal(stage.experiment);
    // The check finds what is missing, as the one that runs by itself would some time later.
    await stage.ops(`ledger check --region ${REGION}`);
  },
  end: async () => {},
};

/** How many messages are dead now. */
function bury(stage: Stage): number {
  const database = new DatabaseSync(stage.file(REGION, "events", "bus.db"));
  try {
    database.exec("PRAGMA busy_timeout = 2000");
    const { changes } = database
      .prepare(
        "UPDATE messages SET isDead = 1, receives = 5, visibleAt = 0 WHERE queue = 'ledger' AND visibleAt = 0",
      )
      .run();
    return Number(changes);
  } finally {
    database.close();
  }
}
