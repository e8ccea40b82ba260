/** Rules of the fold itself. A change of any of them is a new rules version, activated by a command. */
export const RULES_VERSION = 1;

/** A command may be valid at most this long beyond the shard's time; one that claims more is refused. */
export const MAX_VALIDITY_MS = 60 * 60_000;

/** How long command ids and client order ids are remembered (architecture, section 5, "Once"): 24 h of the shard's time. */
export const MEMORY_MS = 24 * 60 * 60_000;

/** Longest accepted client order id, and its alphabet (Binance: ^[\.A-Z\:/a-z0-9_-]{1,36}$). */
export const CLIENT_ORDER_ID_CHARACTERS =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:/_-";
export const MAX_CLIENT_ORDER_ID = 36;
export const CLIENT_ORDER_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;

/** The largest amount of an asset that one shard may hold in total: every balance is then a safe integer. */
export const MAX_SUPPLY = Number.MAX_SAFE_INTEGER;
