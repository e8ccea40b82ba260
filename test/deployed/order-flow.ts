import { expect } from "chai";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

interface Sent {
  readonly trader: TestTrader;
  readonly clientOrderId: string;
  readonly side: "BUY" | "SELL";
  /** Some answer said that it was taken. */
  isAcknowledged: boolean;
}

const PAIRS = 2;
const PRICE = "40000";
const QUANTITY = "0.001";
/** What an account may send in ten seconds is bounded: so long between an account's orders. */
const PACE_MS = 150;
const AGAIN_MS = 50;
const LOOK_MS = 200;
const UNKNOWN_ORDER = -2011;
let flows = 0;

/**
 * Pairs of traders that sell to and buy from whoever is there, one order after the other each: what gets no answer, or one that says to come back, is sent again under the same id, as a client of a real exchange must. In the end everything is asked for.
 */
export class OrderFlow {
  readonly #url: string;
  readonly #traders: readonly TestTrader[];
  readonly #sent: Sent[] = [];
  readonly #running: Promise<void>[];
  #isStopped = false;

  static async start(url: string): Promise<OrderFlow> {
    const flow = ++flows;
    const traders: TestTrader[] = [];
    for (let at = 0; at < 2 * PAIRS; at++) traders.push(await signUpTrader(url, `flow-${flow}-${at}`));
    return new OrderFlow(url, traders);
  }

  private constructor(url: string, traders: readonly TestTrader[]) {
    this.#url = url;
    this.#traders = traders;
    this.#running = traders.map((trader, at) => this.#run(trader, at % 2 === 0 ? "SELL" : "BUY"));
  }

  get acknowledged(): number {
    return this.#sent.filter(({ isAcknowledged }) => isAcknowledged).length;
  }

  /** Waits until so many more are acknowledged. */
  untilMore(orders: number): Promise<void> {
    const wanted = this.acknowledged + orders;
    return until(async () => this.acknowledged >= wanted);
  }

  /** Nothing more is sent, and nothing of it rests any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
    for (const trader of this.#traders) {
      trader.url = this.#url;
      const { status, body } = await trader.delete("/api/v3/openOrders", { symbol: "BTCUSDT" });
      // Where nothing rests there is nothing to cancel.
      if (status !== 200 && body.code !== UNKNOWN_ORDER) throw new Error(`${status} ${JSON.stringify(body)}`);
    }
  }

  /** Each order that was sent is there once; what was bought was sold; nobody has more or less than before but for trades and fees. */
  async expectWhole(): Promise<void> {
    await until(async () => (await this.#executed("BUY")) === (await this.#executed("SELL")));
    for (const trader of this.#traders) {
      const own = this.#sent.filter((sent) => sent.trader === trader);
      await until(async () => (await ordersOf(trader)).length >= own.length);
      const orders = await ordersOf(trader);
      expect(orders.map(({ clientOrderId }) => clientOrderId).toSorted()).to.deep.equal(
        own.map(({ clientOrderId }) => clientOrderId).toSorted(),
      );
      const ids = new Set(orders.map(({ orderId }) => orderId));
      expect(ids.size, "each order has an id of its own").to.equal(orders.length);
      const { body } = await trader.get("/api/v3/account");
      const btc = body.balances.find(({ asset }: { asset: string }) => asset === "BTC");
      expect(Number(btc?.locked ?? 0), "nothing that has ended locks anything").to.equal(0);
    }
  }

  async #executed(side: string): Promise<number> {
    const all = await Promise.all(this.#traders.map(ordersOf));
    const ofSide = all.flat().filter((order) => order.side === side);
    return ofSide.reduce((sum, { executedQty }) => sum + Math.round(Number(executedQty) * 1e8), 0);
  }

  async #run(trader: TestTrader, side: "BUY" | "SELL"): Promise<void> {
    for (let count = 0; !this.#isStopped; count++) {
      const sent: Sent = { trader, clientOrderId: `${trader.name}-${count}`, side, isAcknowledged: false };
      this.#sent.push(sent);
      while (!(await this.#send(sent))) await pace(AGAIN_MS);
      sent.isAcknowledged = true;
      await pace(PACE_MS);
    }
  }

  /** True once it is known that it was taken. */
  async #send({ trader, clientOrderId, side }: Sent): Promise<boolean> {
    const form = {
      ...{ symbol: "BTCUSDT", side, type: "LIMIT", timeInForce: "GTC" },
      ...{ quantity: QUANTITY, price: PRICE, newClientOrderId: clientOrderId },
    };
    trader.url = this.#url;
    try {
      const { status, body } = await trader.post("/api/v3/order", form, { "Idempotency-Key": clientOrderId });
      if (status === 200 || status === 202) return true;
      // Taken before under this name, by a try whose answer was lost.
      if (body.code === -2010 && String(body.msg).startsWith("Duplicate")) return true;
      if (status < 500 && status !== 429) throw new Error(`${status} ${JSON.stringify(body)}`);
      return false;
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return false;
      throw error;
    }
  }
}

/** Asks again and again, and leaves the machine to the platform meanwhile; the test's own timeout is the bound. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pace(LOOK_MS);
}

function pace(delayMs: number): Promise<void> {
  return new Promise((resolve) => void systemClock().schedule(delayMs, resolve));
}

interface OrderJson {
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: string;
  readonly executedQty: string;
}

async function ordersOf(trader: TestTrader): Promise<OrderJson[]> {
  const { status, body } = await trader.get("/api/v3/allOrders", { symbol: "BTCUSDT", limit: "1000" });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as OrderJson[];
}
