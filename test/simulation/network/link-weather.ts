/** How one direction between two places behaves now. */
export interface LinkWeather {
  /** The least that a message takes, and the mean of what comes on top, ms. */
  delayMs: number;
  jitterMs: number;
  /** Of a thousand messages, so many are lost, come twice, or are held up for a while and so overtaken by later ones. */
  lostPerMille: number;
  doubledPerMille: number;
  heldUpPerMille: number;
  /** The mean of what one that is held up takes longer, ms. */
  heldUpMs: number;
  /** Of a thousand messages that arrive, so many come once more, and after which mean time, ms: long after everybody has forgotten them. */
  repeatedPerMille: number;
  repeatedAfterMs: number;
  /** Nothing comes through. */
  isCut: boolean;
}

/** A link on a good day. */
export function fairWeather(delayMs: number): LinkWeather {
  return {
    delayMs,
    jitterMs: delayMs / 20,
    lostPerMille: 0,
    doubledPerMille: 0,
    heldUpPerMille: 0,
    heldUpMs: 0,
    repeatedPerMille: 0,
    repeatedAfterMs: 0,
    isCut: false,
  };
}
