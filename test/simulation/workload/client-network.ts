/** The way between a client and a gateway: shorter and better than between Regions, but never sure. */
export interface ClientWeather {
  /** The mean of one way, ms. */
  delayMs: number;
  /** Of a thousand requests, and of a thousand replies, so many are lost. */
  lostPerMille: number;
}

/** How long a client waits for an answer, ms. */
export const PATIENCE_MS = 6000;
