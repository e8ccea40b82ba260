/** What the bots do in a market. Amounts are decimals in the market's own terms. */
export interface BotMarket {
  readonly symbol: string;
  /** Where the price walk begins, in ticks, and how far it may go from there in a step. */
  readonly startTicks: number;
  readonly stepTicks: number;
  readonly tickDigits: number;
  /** Distance between the maker's levels, ticks. */
  readonly levelTicks: number;
  /** Smallest and largest order, in lots. */
  readonly minLots: number;
  readonly maxLots: number;
  readonly lotDigits: number;
}

/** The markets of the default configuration, at prices that look familiar. */
export const BOT_MARKETS: readonly BotMarket[] = [
  {
    symbol: "BTCUSDT",
    startTicks: 6_400_000,
    stepTicks: 900,
    tickDigits: 2,
    levelTicks: 450,
    minLots: 5,
    maxLots: 150,
    lotDigits: 4,
  },
  {
    symbol: "ETHUSDT",
    startTicks: 320_000,
    stepTicks: 60,
    tickDigits: 2,
    levelTicks: 35,
    minLots: 50,
    maxLots: 2500,
    lotDigits: 4,
  },
  {
    symbol: "SOLUSDT",
    startTicks: 15_000,
    stepTicks: 5,
    tickDigits: 2,
    levelTicks: 3,
    minLots: 100,
    maxLots: 8000,
    lotDigits: 3,
  },
  {
    symbol: "ETHBTC",
    startTicks: 5000,
    stepTicks: 2,
    tickDigits: 5,
    levelTicks: 2,
    minLots: 5,
    maxLots: 300,
    lotDigits: 3,
  },
  {
    symbol: "AAPLUSD",
    startTicks: 19_000,
    stepTicks: 4,
    tickDigits: 2,
    levelTicks: 2,
    minLots: 100,
    maxLots: 1500,
    lotDigits: 2,
  },
];
