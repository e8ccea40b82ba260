const WORDS: Readonly<Record<string, string>> = {
  QUEUED: "QUEUED → RETRYING",
  PENDING_NEW: "PENDING",
  PARTIALLY_FILLED: "PARTLY FILLED",
  EXPIRED_IN_MATCH: "EXPIRED (SELF-TRADE)",
};

/** Binance's status as the page writes it. */
export function statusWords(status: string): string {
  return WORDS[status] ?? status;
}
