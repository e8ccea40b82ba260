/** A market in which a trader of the load sends its orders. */
export interface LoadMarket {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Of each order, a decimal. */
  readonly quantity: string;
  /** Around which limit prices lie, in cents of the quote asset. */
  readonly price: number;
  /** Prices lie so far around it, in cents, that about half of the orders trade at once. */
  readonly spread: number;
}

/** One of each Region's shards, so that whatever is hurt, somebody's orders go there. Prices are those where nothing has traded yet. */
export const LOAD_MARKETS: readonly LoadMarket[] = [
  { symbol: "BTCUSDT", base: "BTC", quote: "USDT", quantity: "0.00050", price: 5_000_000, spread: 2000 },
  { symbol: "ETHUSDT", base: "ETH", quote: "USDT", quantity: "0.0050", price: 300_000, spread: 120 },
  { symbol: "AAPLUSD", base: "AAPL", quote: "USD", quantity: "0.05", price: 19_000, spread: 20 },
];

/** The market at the price at which it trades now on the platform. */
export async function atPresentPrice(url: string, market: LoadMarket): Promise<LoadMarket> {
  const answer = await fetch(`${url}/api/v3/ticker/price?symbol=${market.symbol}`);
  const { price } = (await answer.json()) as { price?: string };
  const cents = Math.round(Number(price ?? 0) * 100);
  return cents > 0 ? { ...market, price: cents } : market;
}

/** Cents as a decimal. */
export function priceText(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}
