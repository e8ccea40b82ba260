import { formatDecimal } from "#shared/domain/decimal.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { ExchangeRefusal, type MeridianClient } from "../client/meridian-client.ts";
import type { BotMarket } from "./bot-markets.ts";
import { PriceWalk } from "./price-walk.ts";

export interface BotDependencies {
  readonly market: BotMarket;
  readonly maker: MeridianClient;
  readonly taker: MeridianClient;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Log;
}

interface Quote {
  readonly orderId: number;
  readonly side: "BUY" | "SELL";
  readonly ticks: number;
}

/** How often a market is worked on, and how the wait grows while the exchange refuses. */
const PACE_MS = 700;
const MAX_BACKOFF_MS = 30_000;
/** Levels that the maker keeps on each side. */
const LEVELS = 6;

/**
 * Keeps one market alive: a maker that holds a ladder of orders around a wandering price, and a taker that trades with it now and then. Ordinary
 * clients of the public API; whatever the exchange refuses, they wait and go on.
 */
export class Bot {
  readonly #dependencies: BotDependencies;
  readonly #walk: PriceWalk;
  #quotes: Quote[] = [];
  #timer: Timer | undefined;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;
  #backoffMs = 0;

  constructor(dependencies: BotDependencies) {
    this.#dependencies = dependencies;
    const { market, random } = dependencies;
    this.#walk = new PriceWalk(market.startTicks, market.stepTicks, random);
  }

  /** Begins with an empty ladder: what an earlier run left open is canceled. */
  start(): void {
    this.#work = this.#attempt(() => this.#cancelAll()).then(() => this.#schedule());
  }

  /** Finishes what is under way and cancels the ladder. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#work;
    await this.#attempt(() => this.#cancelAll());
  }

  #schedule(): void {
    if (this.#stopped) return;
    const { clock, random } = this.#dependencies;
    const jitter = random.below(PACE_MS);
    this.#timer = clock.schedule(PACE_MS / 2 + jitter + this.#backoffMs, () => {
      this.#work = this.#attempt(() => this.#round()).then(() => this.#schedule());
    });
  }

  /** Operating errors make the bot wait longer each time; anything else is a fault of the bot. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#backoffMs = 0;
    } catch (error) {
      if (!(error instanceof ExchangeRefusal)) throw error;
      const { market, log } = this.#dependencies;
      log.info({ market: market.symbol, code: error.code, reason: error.message }, "bot-refused");
      this.#backoffMs = Math.min(
        MAX_BACKOFF_MS,
        Math.max(1000, 2 * this.#backoffMs, 1000 * error.retryAfterSeconds),
      );
    }
  }

  async #round(): Promise<void> {
    const { market, random } = this.#dependencies;
    const mid = this.#walk.next();
    await this.#requote(mid);
    if (random.below(3) === 0) await this.#take(mid, market);
  }

  /** Orders too near to the price or too far from it are replaced by orders at fresh levels. */
  async #requote(mid: number): Promise<void> {
    const { market, random } = this.#dependencies;
    const reach = market.levelTicks * (LEVELS + 2);
    const isStale = ({ side, ticks }: Quote) => {
      const away = side === "BUY" ? mid - ticks : ticks - mid;
      return away < 1 || away > reach;
    };
    for (const quote of this.#quotes.filter(isStale)) await this.#cancel(quote);
    const side = random.below(2) === 0 ? "BUY" : "SELL";
    const ladder = this.#quotes.filter((quote) => quote.side === side);
    if (ladder.length >= LEVELS) {
      const oldest = ladder[0];
      if (oldest !== undefined) await this.#cancel(oldest);
    }
    for (let missing = LEVELS - ladder.length; missing > 0; missing--) {
      const away = 1 + random.below(market.levelTicks * LEVELS);
      await this.#quote(side, side === "BUY" ? mid - away : mid + away);
    }
  }

  async #quote(side: "BUY" | "SELL", ticks: number): Promise<void> {
    const { market, maker } = this.#dependencies;
    const order = {
      symbol: market.symbol,
      side,
      type: "LIMIT_MAKER",
      quantity: this.#quantity(),
      price: this.#price(ticks),
    };
    try {
      const { orderId } = await maker.signed<{ orderId: number }>("POST", "/api/v3/order", order);
      this.#quotes.push({ orderId, side, ticks });
    } catch (error) {
      // Somebody else's price is in the way, or funds are low on this side: the other side goes on.
      if (!(error instanceof ExchangeRefusal) || error.code !== -2010) throw error;
    }
  }

  async #cancel(quote: Quote): Promise<void> {
    const { market, maker } = this.#dependencies;
    this.#quotes = this.#quotes.filter((each) => each !== quote);
    try {
      await maker.signed("DELETE", "/api/v3/order", { symbol: market.symbol, orderId: quote.orderId });
    } catch (error) {
      // -2011: it was filled in the meantime.
      if (!(error instanceof ExchangeRefusal) || error.code !== -2011) throw error;
    }
  }

  async #cancelAll(): Promise<void> {
    const { market, maker } = this.#dependencies;
    this.#quotes = [];
    try {
      await maker.signed("DELETE", "/api/v3/openOrders", { symbol: market.symbol });
    } catch (error) {
      if (!(error instanceof ExchangeRefusal) || error.code !== -2011) throw error;
    }
  }

  /** A small order that meets the ladder: mostly market orders, sometimes an immediate limit order. */
  async #take(mid: number, { symbol, levelTicks }: BotMarket): Promise<void> {
    const { taker, random } = this.#dependencies;
    const side = random.below(2) === 0 ? "BUY" : "SELL";
    const order = { symbol, side, quantity: this.#quantity() };
    const limit = mid + (side === "BUY" ? 1 : -1) * levelTicks * LEVELS;
    const terms =
      random.below(3) === 0
        ? { type: "LIMIT", timeInForce: "IOC", price: this.#price(Math.max(1, limit)) }
        : { type: "MARKET" };
    try {
      await taker.signed("POST", "/api/v3/order", { ...order, ...terms });
    } catch (error) {
      if (!(error instanceof ExchangeRefusal) || error.code !== -2010) throw error;
    }
  }

  #price(ticks: number): string {
    return formatDecimal(ticks, this.#dependencies.market.tickDigits);
  }

  #quantity(): string {
    const { market, random } = this.#dependencies;
    return formatDecimal(market.minLots + random.below(market.maxLots - market.minLots), market.lotDigits);
  }
}
