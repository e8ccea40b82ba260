import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { becomesTrue } from "#test/support/becomes-true.ts";
import type { Stage } from "../stage.ts";
import type { State } from "./state.ts";

const REGION = "us-east-1";

/** The table of API keys is gone, as after a restore that was not whole: whoever asks for what was in it meets a fault that nobody foresaw. Who trades with a session does not need it. */
export const brokenStore: State = {
  make: async (stage) => {
    alter(stage, "ALTER TABLE api_keys RENAME TO api_keys_elsewhere");
    const { trader } = stage;
    trader.url = await stage.gatewayOf(REGION);
    await becomesTrue("a question for keys is answered -1000", async () => {
      const { body } = await trader.get("/meridian/v1/api-keys");
      return body.code === -1000;
    });
  },
  end: async (stage) => alter(stage, "ALTER TABLE api_keys_elsewhere RENAME TO api_keys"),
};

function alter(stage: Stage, statement: string): void {
  const database = new DatabaseSync(join(stage.dataFolder, "identity", "identity.db"));
  try {
    database.exec("PRAGMA busy_timeout = 2000");
    database.exec(statement);
  } finally {
    database.close();
  }
}
