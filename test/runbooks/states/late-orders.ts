import { becomesTrue } from "#test/support/becomes-true.ts";
import { lateOrders, scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";

/** As many as the alert needs to be more than chance. */
const ORDERS = 10;

/** Orders to a market across an ocean, while every link is slow: until ten took longer than they may. */
export async function untilOrdersAreLate(stage: Stage): Promise<void> {
  const { trader } = stage;
  trader.url = await stage.gatewayOf("us-east-1");
  const terms = {
    symbol: "AAPLUSD",
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    quantity: "1",
    price: "150",
  };
  const before = lateOrders(await scrapeAll(stage.dataFolder));
  await becomesTrue("ten orders took too long", async () => {
    await Promise.all(Array.from({ length: ORDERS }, () => trader.post("/api/v3/order", terms)));
    return lateOrders(await scrapeAll(stage.dataFolder)) >= before + ORDERS;
  });
}
