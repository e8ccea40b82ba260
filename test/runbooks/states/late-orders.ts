import type { Experiment } from "#local/chaos/experiment.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { lateOrders as countLate, scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";
import type { State } from "./state.ts";

/** As many as the alert needs to be more than chance. */
const ORDERS = 10;

const SYMBOL = "AAPLUSD";

/** Orders to a market across an ocean, while every link is slow: until ten took longer than they may. They are taken back when the links are well: whoever comes next has all funds. */
export function lateOrders(latency: Pick<Experiment, "hurt" | "heal">): State {
  return {
    make: async (stage) => {
      await latency.hurt(stage.experiment);
      await untilOrdersAreLate(stage);
    },
    end: async (stage) => {
      await latency.heal(stage.experiment);
      const { trader } = stage;
      await becomesTrue(`no order of ${SYMBOL} is open`, async () => {
        await trader.delete("/api/v3/openOrders", { symbol: SYMBOL });
        const { body } = await trader.get("/api/v3/openOrders", { symbol: SYMBOL });
        return Array.isArray(body) && body.length === 0;
      });
    },
  };
}

async function untilOrdersAreLate(stage: Stage): Promise<void> {
  const { trader } = stage;
  trader.url = await stage.gatewayOf("us-east-1");
  const terms = {
    symbol: SYMBOL,
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    quantity: "1",
    price: "150",
  };
  const before = countLate(await scrapeAll(stage.dataFolder));
  await becomesTrue("ten orders took too long", async () => {
    await Promise.all(Array.from({ length: ORDERS }, () => trader.post("/api/v3/order", terms)));
    return countLate(await scrapeAll(stage.dataFolder)) >= before + ORDERS;
  });
}
