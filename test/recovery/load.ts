import type { Random } from "#shared/ports/random.ts";
import type { TestAnswer, TestTrader } from "#test/support/test-trader.ts";

const REQUESTS_AT_ONCE = 4;

/** An order that was sent, and what the platform said of it, if it said anything before it died. */
export interface Sent {
  readonly trader: TestTrader;
  readonly clientOrderId: string;
  readonly side: "BUY" | "SELL";
  /** None: at the market. */
  readonly price: string | undefined;
  answer?: { readonly orderId: number; readonly executedQty: number; readonly fills: readonly Fill[] };
  /** Its cancel was acknowledged. */
  canceled?: boolean;
}

export interface Fill {
  readonly tradeId: number;
  readonly price: string;
  readonly qty: string;
}

/** Several requests at once, each followed by the next, until a request finds nobody at home. */
export async function tradeUntilItDies(
  traders: readonly TestTrader[],
  random: Random,
  sent: Sent[],
): Promise<void> {
  const worker = async () => {
    for (;;) {
      try {
        if (random.below(5) === 0) await cancelOne(random, sent);
        else await placeOne(traders, random, sent);
      } catch (error) {
        if (error instanceof TypeError) return;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
}

async function placeOne(traders: readonly TestTrader[], random: Random, sent: Sent[]): Promise<void> {
  const trader = traders[random.below(traders.length)];
  if (trader === undefined) throw new Error("there are traders");
  const order: Sent = {
    trader,
    clientOrderId: `k-${sent.length}`,
    side: random.below(2) === 0 ? "BUY" : "SELL",
    price: random.below(8) === 0 ? undefined : `${50_000 + random.below(20)}.00`,
  };
  sent.push(order);
  note(order, await place(order));
}

/** Cancels an order that was acknowledged as resting. Refused if it was executed meanwhile. */
async function cancelOne(random: Random, sent: Sent[]): Promise<void> {
  const order = sent[random.below(sent.length + 1)];
  if (order?.answer === undefined || order.price === undefined || order.canceled) return;
  const named = { symbol: "BTCUSDT", origClientOrderId: order.clientOrderId };
  const { status, body } = await order.trader.delete("/api/v3/order", named);
  if (status === 200) order.canceled = true;
  else if (status !== 504 && body.code !== -2011)
    throw new Error(`cancel: ${status} ${JSON.stringify(body)}`);
}

/** Sends an order, the same way each time: its client order id is its idempotency key too. */
export function place({ trader, clientOrderId, side, price }: Sent): Promise<TestAnswer> {
  const order = { symbol: "BTCUSDT", side, quantity: "0.0005", newOrderRespType: "FULL" };
  const kind = price === undefined ? { type: "MARKET" } : { type: "LIMIT", timeInForce: "GTC", price };
  const parameters = { ...order, ...kind, newClientOrderId: clientOrderId };
  return trader.post("/api/v3/order", parameters, { "Idempotency-Key": clientOrderId });
}

/** Keeps what was acknowledged; 504 is "status unknown". */
export function note(order: Sent, { status, body }: TestAnswer): void {
  if (status === 200)
    order.answer = { orderId: body.orderId, executedQty: Number(body.executedQty), fills: body.fills };
  else if (status !== 504) throw new Error(`refused: ${status} ${JSON.stringify(body)}`);
}
