import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Timer } from "#shared/ports/clock.ts";
import { connectSocket } from "#test/e2e/feed-recorder.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { lateOf, scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";
import type { State } from "./state.ts";

const REGION = "us-east-1";
/** Of each half second so much is its own. */
const STOPPED_MS = 360;
const RUNNING_MS = 140;

/** A Region's process that has a core only now and then, as on a machine that has none left: it is stopped and goes on, again and again. What it does for its clients meanwhile is late. */
export function starvedRegion(meanwhile: (stage: Stage) => Promise<void> = async () => {}): State {
  const clock = systemClock();
  let timer: Timer | undefined;
  let isStarved = false;
  let turn: Promise<void> = Promise.resolve();
  const run = (control: Stage["experiment"]["control"], signal: "SIGSTOP" | "SIGCONT") => {
    if (!isStarved && signal === "SIGSTOP") return;
    const next = signal === "SIGSTOP" ? "SIGCONT" : "SIGSTOP";
    turn = control.signal(REGION, signal).then(() => {
      timer = clock.schedule(signal === "SIGSTOP" ? STOPPED_MS : RUNNING_MS, () => run(control, next));
    });
  };
  return {
    make: async (stage) => {
      isStarved = true;
      run(stage.experiment.control, "SIGSTOP");
      await meanwhile(stage);
    },
    end: async ({ experiment: { control } }) => {
      isStarved = false;
      await turn;
      timer?.cancel();
      await control.signal(REGION, "SIGCONT");
    },
  };
}

/** Changes of a book that somebody follows, until some were sent late. */
export async function lateBook(stage: Stage): Promise<void> {
  const { trader } = stage;
  trader.url = await stage.gatewayOf(REGION);
  const follower = connectSocket(trader.url, {});
  const follow = () => follower.emit("subscribe", { symbol: "BTCUSDT", channels: ["depth"] }, () => {});
  follower.on("connect", follow);
  const before = lateOf(await scrapeAll(stage.dataFolder), "meridian_book_delta_seconds", "0.3");
  try {
    const terms = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC" };
    await becomesTrue("changes of the book are sent late", async () => {
      await trader.post("/api/v3/order", { ...terms, quantity: "0.001", price: "40000" });
      await trader.delete("/api/v3/openOrders", { symbol: "BTCUSDT" });
      return lateOf(await scrapeAll(stage.dataFolder), "meridian_book_delta_seconds", "0.3") > before;
    });
  } finally {
    follower.disconnect();
  }
}
