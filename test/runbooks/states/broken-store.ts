import { DatabaseSync } from "node:sqlite";
import { becomesTrue } from "#test/support/becomes-true.ts";
import type { Stage } from "../stage.ts";
import type { State } from "./state.ts";

const REGION = "us-east-1";

/** A table that is gone, as after a restore that was not whole: whoever asks for what was in it meets a fault that nobody foresaw. Nothing that trades needs it. */
export const brokenStore: State = {
  make: async (stage) => {
    alter(stage, "ALTER TABLE subscriptions RENAME TO subscriptions_elsewhere");
    const { trader } = stage;
    trader.url = await stage.gatewayOf(REGION);
    await becomesTrue("webhooks are answered -1000", async () => {
      const { body } = await trader.get("/meridian/v1/webhooks");
      return body.code === -1000;
    });
  },
  end: async (stage) => alter(stage, "ALTER TABLE subscriptions_elsewhere RENAME TO subscriptions"),
};

function alter(stage: Stage, statement: string): void {
  const database = new DatabaseSync(stage.file(REGION, "events", "notices.db"));
  try {
    database.exec("PRAGMA busy_timeout = 2000");
    database.exec(statement);
  } finally {
    database.close();
  }
}
