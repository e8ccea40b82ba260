import type { FaultRule } from "#local/aws-local/fault.ts";
import type { ServiceName } from "#test/deployed/deployment.ts";

/** What a deployment asked of a service while it was counted. */
export interface AskedRow {
  readonly service: ServiceName;
  /** AWS's name of it: `GetItem`. */
  readonly operation: string;
  /** Of DynamoDB: the table, without what its name begins with. */
  readonly table: string;
  readonly requests: number;
  /** Of DynamoDB: read or write units, as the server counts them. */
  readonly units: number;
}

interface Capacity {
  readonly TableName?: string;
  readonly CapacityUnits?: number;
}

/** `GetItem`, `Query`, `TransactWriteItems`, …: what DynamoDB counts units of. */
const OF_ITEMS = /Items?$|^Query$|^Scan$/;

/** Counts requests on their way to the servers, once it is told to begin. */
export class RequestTally {
  readonly #rows = new Map<string, AskedRow>();
  readonly #prefix: string;
  #isCounting = false;

  /** @param prefix What the names of tables begin with. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  begin(): void {
    this.#isCounting = true;
  }

  /** What was asked since it began, by service, operation and table. */
  end(): readonly AskedRow[] {
    this.#isCounting = false;
    return [...this.#rows.values()];
  }

  /** The rule by which a proxy before a service counts what passes. Nothing of it changes, but that DynamoDB is asked to say what each request takes. */
  ruleOf(service: ServiceName): FaultRule {
    return {
      when: ({ operation }) => {
        if (service === "DYNAMODB" && OF_ITEMS.test(operation)) return true;
        this.#count(service, operation);
        return false;
      },
      fault: {
        kind: "partial",
        split: (body, operation) => ({
          forwarded: Buffer.from(
            JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: "TOTAL" }),
          ),
          answer: (given) => {
            const { ConsumedCapacity } = JSON.parse(given.toString()) as {
              readonly ConsumedCapacity?: Capacity | readonly Capacity[];
            };
            this.#count(service, operation, [ConsumedCapacity ?? []].flat(2));
            return given;
          },
        }),
      },
    };
  }

  #count(service: ServiceName, operation: string, capacities: readonly Capacity[] = []): void {
    if (!this.#isCounting) return;
    const table = capacities
      .map(({ TableName = "" }) => TableName.replace(`${this.#prefix}-`, ""))
      .join(", ");
    const taken = capacities.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    const key = `${service} ${operation} ${table}`;
    const { requests, units } = this.#rows.get(key) ?? { requests: 0, units: 0 };
    this.#rows.set(key, { service, operation, table, requests: requests + 1, units: units + taken });
  }
}
