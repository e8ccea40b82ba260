/** A port on which nothing listens: a call that slips through fails at once instead of reaching AWS. */
export const DEAD_ENDPOINT = "http://127.0.0.1:9";
