/**
 * What a million orders are taken to be, until measured figures of a deployment replace it. Each is an assumption, chosen a little high: an order is one command of about 300
 * bytes, half of all orders trade once, a cancel comes for every third.
 */
export const MILLION_ORDERS = {
  /** Commands: the orders, and a cancel for every third. */
  commandsMillion: 1.33,
  commandBytes: 300,
  /** An outcome with its events, in the journal, compressed. */
  journalBytes: 250,
  tradesMillion: 0.5,
  /** Events on the bus: accepted, trades, ends. */
  eventsMillion: 3,
  /** Events a message of the bus, and messages a request. */
  messagesPerRequest: 10,
  /** Requests at the edge: the order, and some questions. */
  requestsMillion: 3,
  /** Bytes out to browsers and bots. */
  bytesOut: 4000,
  /** Milliseconds of one function of 512 MiB for a batch of ten. */
  functionMsPerBatch: 120,
} as const;

/** Orders a month that an environment is priced for. */
export const ORDERS_MONTH_MILLION = { dev: 0.1, staging: 5, prod: 100 } as const;
