import { formatDecimal, parseDecimal } from "#shared/domain/decimal.ts";
import { ExchangeRefusal, MeridianClient } from "../client/meridian-client.ts";
import type { BookRow, Level } from "./lobster-book.ts";
import { ReplayError } from "./replay-error.ts";

/** Fraction digits of every decimal that the platform writes, and of LOBSTER's prices. */
const WIRE_DIGITS = 8;
const PRICE_DIGITS = 4;
const PRICE_FACTOR = 10 ** (WIRE_DIGITS - PRICE_DIGITS);
/** Levels asked for, each side. */
const DEPTH = 100;

interface MarketAnswer {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly stepSize: string;
  readonly minNotional: string;
}

/**
 * The market that is replayed into, in the recording's units: prices in 10,000ths of the quote asset, quantities in shares. A share is traded as the
 * smallest amount that the market takes (a lot, or ten, or a hundred …), so that test funds carry a whole book.
 */
export class ReplayMarket {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly #client: MeridianClient;
  /** What a share is traded as, in 10^-8 of the base asset. */
  readonly #shareUnits: number;

  private constructor({ symbol, baseAsset }: MarketAnswer, client: MeridianClient, shareUnits: number) {
    this.symbol = symbol;
    this.baseAsset = baseAsset;
    this.#client = client;
    this.#shareUnits = shareUnits;
  }

  /**
   * `lowestPrice` of a share that will be sent decides what a share is traded as. Throws `ReplayError` where nobody answers, where there
   * is no such market, and where it already has orders.
   */
  static async open(url: string, symbol: string, lowestPrice: number): Promise<ReplayMarket> {
    const client = new MeridianClient(url, "", "", () => 0);
    const { markets } = await client
      .public<{ markets: readonly MarketAnswer[] }>("/meridian/v1/markets")
      .catch((error: unknown) => {
        if (!(error instanceof ExchangeRefusal)) throw error;
        const reason = error.status === 0 ? error.message : `${error.status} ${error.message}`;
        throw new ReplayError("REPLAY_UNREACHABLE", `No Meridian answers at ${url}: ${reason}.`);
      });
    const found = markets.find((market) => market.symbol === symbol);
    if (found === undefined) {
      const names = markets.map((market) => market.symbol).join(", ");
      throw new ReplayError("REPLAY_MARKET", `There is no market ${symbol} at ${url}; there are ${names}.`);
    }
    const market = new ReplayMarket(found, client, shareUnitsOf(found, lowestPrice));
    const { BUY, SELL } = await market.book();
    if (BUY.length + SELL.length > 0) {
      throw new ReplayError(
        "REPLAY_BUSY",
        `The market ${symbol} already has orders, of bots or of others: a replay needs an empty book. Start the platform with --no-bots (and --fresh).`,
      );
    }
    return market;
  }

  /** The best levels now. */
  async book(): Promise<BookRow> {
    const depth = await this.#client.public<Record<"bids" | "asks", readonly (readonly [string, string])[]>>(
      "/api/v3/depth",
      { symbol: this.symbol, limit: DEPTH },
    );
    const levels = (side: readonly (readonly [string, string])[]): Level[] =>
      side.map(([price, quantity]) => ({
        price: unitsOf(price) / PRICE_FACTOR,
        quantity: this.shares(quantity),
      }));
    return { BUY: levels(depth.bids), SELL: levels(depth.asks) };
  }

  price(price: number): string {
    return formatDecimal(price, PRICE_DIGITS);
  }

  quantity(shares: number): string {
    return formatDecimal(shares * this.#shareUnits, WIRE_DIGITS);
  }

  shares(quantity: string): number {
    return unitsOf(quantity) / this.#shareUnits;
  }
}

/** The lot, times ten until a share at the lowest price is not below the market's smallest notional. */
function shareUnitsOf({ stepSize, minNotional }: MarketAnswer, lowestPrice: number): number {
  let units = unitsOf(stepSize);
  // Both sides in 10^-12 of the quote asset.
  const needed = BigInt(unitsOf(minNotional)) * BigInt(10 ** PRICE_DIGITS);
  while (BigInt(units) * BigInt(lowestPrice) < needed) units *= 10;
  return units;
}

function unitsOf(text: string): number {
  const result = parseDecimal(text, WIRE_DIGITS);
  if (result.ok) return result.units;
  throw new ReplayError("REPLAY_UNREACHABLE", `What answers there is no Meridian: "${text}" is no amount.`);
}
