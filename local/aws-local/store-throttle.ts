import type { FaultInForce, FaultProxy } from "./fault-proxy.ts";

/** Of so many writes one passes. */
const ONE_OF = 20;
const WRITES = ["PutItem", "BatchWriteItem", "TransactWriteItems", "UpdateItem"];

/** Lets the journal's table of a Region be throttled: the server never sees the write, and the client hears what DynamoDB says then. */
export class StoreThrottle {
  readonly #proxies: ReadonlyMap<string, FaultProxy>;
  readonly #tableName: string;
  readonly #inForce = new Map<string, readonly FaultInForce[]>();

  constructor(proxies: ReadonlyMap<string, FaultProxy>, tableName: string) {
    this.#proxies = proxies;
    this.#tableName = tableName;
  }

  /** `false` if there is no such Region. */
  set(region: string, isThrottled: boolean): boolean {
    const proxy = this.#proxies.get(region);
    if (proxy === undefined) return false;
    for (const rule of this.#inForce.get(region) ?? []) rule.remove();
    const name = Buffer.from(`"${this.#tableName}"`);
    let writes = 0;
    const rules = isThrottled
      ? WRITES.map((operation) =>
          proxy.add({
            operation,
            when: ({ body }) => body.includes(name) && ++writes % ONE_OF !== 0,
            fault: {
              kind: "error",
              answer: {
                status: 400,
                code: "ProvisionedThroughputExceededException",
                message: "The level of configured provisioned throughput for the table was exceeded.",
              },
            },
          }),
        )
      : [];
    this.#inForce.set(region, rules);
    return true;
  }

  /** How many writes of a Region were refused since it was set last. */
  refused(region: string): number {
    return (this.#inForce.get(region) ?? []).reduce((total, { count }) => total + count, 0);
  }
}
