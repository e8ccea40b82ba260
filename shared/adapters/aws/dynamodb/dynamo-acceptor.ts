import type { ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type {
  AcceptAnswer,
  Acceptor,
  AcceptorMemory,
  Ballot,
  PrepareAnswer,
} from "#shared/ports/acceptor.ts";
import { type AcceptorTurn, BLANK_MEMORY, onAccept, onPrepare } from "#shared/ports/acceptor-memory.ts";
import { checkedBytes, withChecksum } from "./checked-bytes.ts";
import type { Dynamo } from "./dynamo.ts";
import { DynamoError, StoreClosed } from "./dynamo-errors.ts";
import { isAtVersion } from "./expressions.ts";
import { numberOf } from "./row.ts";

export interface DynamoAcceptorOptions {
  /** Of the acceptor's own Region, wherever the caller is. */
  readonly dynamo: Dynamo;
  /** Whoever asks waits this long at most: a proposer takes one that is slower for unreachable. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 1000;
const PAUSE_MS = 20;
/** How often others may be quicker in a row: there are no more proposers than Regions, and each waits after it collided. */
const ROUNDS_MAX = 32;

/**
 * Opens a Region's acceptor of the ownership register on an ordinary table: each promise and each value is one write under the condition that nobody
 * wrote in between. What a failed write did is never guessed: the memory is read again and the rule asked anew, which answers what was done as done. A
 * write that arrives late meets another version and does nothing. Calls reject with a `DynamoError` if the table does not answer in time.
 */
export function openDynamoAcceptor(options: DynamoAcceptorOptions): Acceptor {
  return new DynamoAcceptor(options.dynamo.withPatience(0), options);
}

interface Stored {
  readonly memory: AcceptorMemory;
  readonly version: number;
}

class DynamoAcceptor implements Acceptor {
  readonly #dynamo: Dynamo;
  readonly #patienceMs: number;
  #isClosed = false;

  constructor(dynamo: Dynamo, { patienceMs = PATIENCE_MS }: DynamoAcceptorOptions) {
    this.#dynamo = dynamo;
    this.#patienceMs = patienceMs;
  }

  async read(shard: ShardId): Promise<AcceptorMemory> {
    return (await this.#load(shard)).memory;
  }

  prepare(shard: ShardId, ballot: Ballot): Promise<PrepareAnswer> {
    return this.#turn(shard, (memory) => onPrepare(memory, ballot));
  }

  accept(shard: ShardId, ballot: Ballot, value: OwnershipRecord): Promise<AcceptAnswer> {
    return this.#turn(shard, (memory) => onAccept(memory, ballot, value));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #turn<Answer>(
    shard: ShardId,
    rule: (memory: AcceptorMemory) => AcceptorTurn<Answer>,
  ): Promise<Answer> {
    const deadline = this.#dynamo.clock.monotonic() + this.#patienceMs;
    for (let round = 1; ; round++) {
      try {
        const before = await this.#load(shard);
        const { memory, answer } = rule(before.memory);
        if (memory === before.memory || (await this.#save(shard, memory, before.version))) return answer;
        if (round === ROUNDS_MAX)
          throw new DynamoError("throttled", "acceptor", `others were quicker ${ROUNDS_MAX} times`);
      } catch (error) {
        const isPassing = error instanceof DynamoError && error.failure !== "refused";
        if (!isPassing || round >= ROUNDS_MAX || this.#dynamo.clock.monotonic() >= deadline) throw error;
        await new Promise<void>((resolve) => void this.#dynamo.clock.schedule(PAUSE_MS, resolve));
      }
    }
  }

  async #load(shard: ShardId): Promise<Stored> {
    if (this.#isClosed) throw new StoreClosed("The acceptor was closed; it is silent.");
    const row = await this.#dynamo.get("acceptor", { pk: keyOf(shard) });
    if (row === undefined) return { memory: BLANK_MEMORY, version: 0 };
    const bytes = checkedBytes(row, `what was promised for ${shard}`);
    const { promised, accepted } = JSON.parse(new TextDecoder().decode(bytes)) as AcceptorMemory;
    return { memory: { promised, accepted }, version: numberOf(row, "version") };
  }

  /** False if somebody wrote since that version. */
  async #save(shard: ShardId, memory: AcceptorMemory, version: number): Promise<boolean> {
    const bytes = new TextEncoder().encode(JSON.stringify(memory));
    const row = { pk: keyOf(shard), version: version + 1, ...withChecksum(bytes), ...toLookAt(memory) };
    return (await this.#dynamo.put("acceptor", row, isAtVersion(version))).ok;
  }
}

function keyOf(shard: ShardId): string {
  return `SHARD#${shard}`;
}

/** For operators who look into the table; nobody reads it back. */
function toLookAt({ promised, accepted }: AcceptorMemory) {
  const span = accepted?.value.lineage.at(-1);
  return {
    promised: promised === undefined ? "" : `${promised.counter} ${promised.region}`,
    epoch: span?.epoch ?? 0,
    owner: span?.owner ?? "",
  };
}
