import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { ClientLedger, LedgerEntry } from "./client-ledger.ts";
import { callApi, type LoadAccount } from "./load-account.ts";
import { priceText } from "./load-market.ts";

export interface LoadOptions {
  readonly accounts: readonly LoadAccount[];
  readonly ordersPerSecond: number;
  readonly ledger: ClientLedger;
  readonly clock: Clock;
  readonly random: Random;
  /** Names the run: ids of orders are not used twice. */
  readonly run: string;
}

/** Orders under way; while there are more, no new ones are sent. */
const OPEN_MAX = 3000;
const TURN_MS = 20;
const RETRY_MS = 150;
const RETRY_MAX_MS = 2000;

/** Sends orders at a steady pace, each under an id of its own, and again under the same id until it is told what became of it. */
export class LoadGenerator {
  readonly #options: LoadOptions;
  #timer: Timer | undefined;
  #due = 0;
  #count = 0;
  #lastTurn: number;
  #isStopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#lastTurn = options.clock.monotonic();
  }

  start(): void {
    const { clock, ordersPerSecond, ledger } = this.#options;
    const now = clock.monotonic();
    this.#due += ((now - this.#lastTurn) * ordersPerSecond) / 1000;
    this.#lastTurn = now;
    for (; this.#due >= 1; this.#due--) if (ledger.open < OPEN_MAX) void this.#place();
    this.#timer = clock.schedule(TURN_MS, () => this.start());
  }

  /** No new orders; those under way are followed until they are known, or `withinMs` has passed. */
  async stop(withinMs: number): Promise<void> {
    const { clock, ledger } = this.#options;
    this.#timer?.cancel();
    const end = clock.monotonic() + withinMs;
    while (ledger.open > 0 && clock.monotonic() < end) await this.#wait(TURN_MS);
    this.#isStopped = true;
  }

  async #place(): Promise<void> {
    const { accounts, random, clock, ledger, run } = this.#options;
    const number = ++this.#count;
    const account = accounts[number % accounts.length];
    if (account === undefined) return;
    const { price, spread, quantity } = account.market;
    const entry: LedgerEntry = {
      account: account.name,
      clientOrderId: `${run}-${number}`,
      side: random.below(2) === 0 ? "BUY" : "SELL",
      price: priceText(price - spread / 2 + random.below(spread)),
      quantity,
      sentAt: clock.monotonic(),
      attempts: 0,
      unknowns: 0,
    };
    ledger.add(entry);
    let waitMs = RETRY_MS;
    while (!this.#isStopped && entry.outcome === undefined) {
      const retryAfterMs = await this.#attempt(account, entry);
      if (entry.outcome !== undefined) return;
      await this.#wait(Math.min(RETRY_MAX_MS, Math.max(waitMs, retryAfterMs)) + random.below(RETRY_MS));
      waitMs = Math.min(RETRY_MAX_MS, waitMs * 2);
    }
  }

  async #attempt(account: LoadAccount, entry: LedgerEntry): Promise<number> {
    const { clock, ledger } = this.#options;
    const { clientOrderId, side, price, quantity } = entry;
    entry.attempts++;
    const { status, body, retryAfterSeconds } = await callApi(
      account,
      "POST",
      "/api/v3/order",
      {
        symbol: account.market.symbol,
        side,
        type: "LIMIT",
        timeInForce: "GTC",
        quantity,
        price,
        newClientOrderId: clientOrderId,
      },
      { "Idempotency-Key": clientOrderId },
    );
    const at = clock.monotonic();
    if (status === 200 && body.status !== "QUEUED") {
      const { orderId, executedQty, provisional = false } = body;
      ledger.settle(entry, { kind: "acknowledged", at, orderId, executedQty, provisional });
    } else if (status >= 400 && status < 500 && status !== 429 && status !== 401 && status !== 418) {
      ledger.settle(entry, { kind: "refused", at, code: body?.code ?? 0 });
    } else {
      ledger.failures.push(at);
      entry.lastAnswer = `${status} ${body?.code ?? body?.status ?? ""}`.trim();
      // With 429 it is the shard's journal; the same code with 503 is any other want of room.
      if (status === 429 && body?.code === -1008) ledger.toldToWait.push(at);
      if (status !== 429 && body?.code !== -1008) entry.unknowns++;
    }
    return retryAfterSeconds * 1000;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.schedule(ms, resolve));
  }
}
