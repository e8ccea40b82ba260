import { assert } from "#shared/domain/invariant.ts";
import type { Counters } from "#shared/ports/counters.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Random } from "#shared/ports/random.ts";
import { type Dynamo, WRITER_PATIENCE_MS } from "./dynamo.ts";
import { isAtVersion } from "./expressions.ts";
import { numberOf } from "./row.ts";

export interface DynamoCountersOptions {
  readonly dynamo: Dynamo;
  /** Whose counters they are: one node of a Region. */
  readonly node: string;
  readonly random: Random;
  /** Told when no further block could be reserved. */
  readonly onFailure?: (error: unknown) => void;
}

/** A node hands out numbers faster than it may reserve more. */
export class CountersExhausted extends OperatingError {
  override readonly name = "CountersExhausted";
}

/**
 * Numbers are reserved in blocks, each for all names of the node: `take` answers at once. What a task leaves of a block is never used; 41 bits of an order id
 * are 22 million blocks.
 */
const BLOCK = 100_000;
const COUNT_MAX = 1000;
const ROUNDS_MAX = 100;

interface Block {
  readonly first: number;
  /** The first number behind it. */
  readonly end: number;
}

/** Opens the durable counters of a node, with a first block. */
export async function openDynamoCounters(
  options: DynamoCountersOptions,
): Promise<Counters & { close(): Promise<void> }> {
  const counters = new DynamoCounters(options);
  await counters.reserve();
  return counters;
}

class DynamoCounters implements Counters {
  readonly #options: DynamoCountersOptions;
  readonly #dynamo: Dynamo;
  readonly #blocks: Block[] = [];
  /** By name: which block it draws from, and what comes next. */
  readonly #places = new Map<string, { block: number; next: number }>();
  #reserving: Promise<void> | undefined;

  constructor(options: DynamoCountersOptions) {
    this.#options = options;
    this.#dynamo = options.dynamo.withPatience(WRITER_PATIENCE_MS);
  }

  take(name: string, count: number): number {
    assert(count > 0 && count <= COUNT_MAX, `one call takes 1 to ${COUNT_MAX} numbers`);
    const place = this.#places.get(name) ?? { block: 0, next: this.#blocks[0]?.first ?? 0 };
    let block = this.#blocks[place.block];
    if (block === undefined || block.end - place.next < count) {
      place.block++;
      block = this.#blocks[place.block];
      if (block === undefined) {
        place.block--;
        throw new CountersExhausted(`The counters of ${this.#options.node} have no numbers left for now.`);
      }
      place.next = block.first;
    }
    const first = place.next;
    place.next += count;
    this.#places.set(name, place);
    const isLast = place.block === this.#blocks.length - 1;
    if (isLast && block.end - place.next < BLOCK / 2) this.#reserveSoon();
    return first;
  }

  async close(): Promise<void> {
    await this.#reserving;
  }

  /** Takes the next block from the table: one write under the condition that nobody took it. */
  async reserve(): Promise<void> {
    const { node, random } = this.#options;
    const pk = `COUNTER#${node}`;
    const by = Buffer.from(random.bytes(12)).toString("hex");
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const row = await this.#dynamo.get("memory", { pk });
      const version = row === undefined ? 0 : numberOf(row, "version");
      const reserved = row === undefined ? 0 : numberOf(row, "reserved");
      const end = reserved + BLOCK;
      const next = { pk, version: version + 1, reserved: end, by };
      const written = await this.#dynamo.put("memory", next, isAtVersion(version));
      // A try that had its effect unseen is found as done.
      if (written.ok || written.present?.by === by) {
        this.#blocks.push({ first: reserved + 1, end: end + 1 });
        return;
      }
    }
    throw new CountersExhausted(`Others reserve the counters of ${node} all the time.`);
  }

  #reserveSoon(): void {
    this.#reserving ??= this.reserve()
      .catch((error: unknown) => this.#options.onFailure?.(error))
      .finally(() => {
        this.#reserving = undefined;
      });
  }
}
