/** What nobody has measured and no page says: chosen with care, shown with every answer, and to be replaced by figures of a deployment. */
export interface Assumption {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

export const ASSUMED = {
  headroom: { what: "of a limit that is planned with", value: 0.7, unit: "" },
  ordersPerConnection: {
    what: "orders of a connection, bots and people together",
    value: 0.5,
    unit: "orders/s",
  },
  connectionsPerGateway: { what: "sockets that a gateway task holds", value: 5000, unit: "sockets" },
  hearShare: {
    what: "of a gateway's core that may go into messages that nobody there follows",
    value: 0.3,
    unit: "",
  },
  marketsPerShard: { what: "markets of a shard, equally busy", value: 10, unit: "markets" },
  snsRoundTripMs: { what: "one publish to SNS FIFO", value: 20, unit: "ms" },
  functionCallMs: { what: "a function's work for a call, beside its events", value: 100, unit: "ms" },
  lookupMs: { what: "one question to DynamoDB", value: 5, unit: "ms" },
  requestsPerOrder: { what: "requests at the edge for an order, itself included", value: 3, unit: "" },
  accessLogBytes: { what: "a request's line in the access log of the HTTP API", value: 300, unit: "bytes" },
  ledgerTradesPerUnit: { what: "trades that an Aurora capacity unit books", value: 250, unit: "trades/s" },
  redisPublishes: {
    what: "messages that a Redis node takes, beside their bytes",
    value: 80_000,
    unit: "messages/s",
  },
  clientBytesPerOrder: {
    what: "bytes out to clients for an order, all feeds together",
    value: 4000,
    unit: "bytes",
  },
} as const satisfies Record<string, Assumption>;
