import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import { type BalanceCheck, checkBalances, type EngineBalances } from "./check-balances.ts";

export interface CheckedShard {
  readonly shard: ShardId;
  /** The newest final state of the engine that is kept, or none yet. */
  engineBalances(): Promise<EngineBalances | undefined>;
  /** The highest final seq that the bus was handed. */
  publishedThrough(): number;
}

export interface LedgerCheckerDependencies {
  readonly shards: readonly CheckedShard[];
  readonly ledger: Pick<Ledger, "balances">;
  /** Messages that wait for the ledger, those under way too. */
  readonly backlog: () => Promise<number>;
  readonly clock: Clock;
  /** Told of every comparison: its difference is a metric, and must be 0. */
  readonly onCheck: (check: BalanceCheck) => void;
  /** A comparison could not be made: the database is away. It is tried again. */
  readonly onFailure: (error: unknown) => void;
}

const LOOK_MS = 10_000;

/** Holds the books against the engine: each new final state of a shard once, as soon as the ledger has heard of everything up to it; one that differed again and again, until it does not. */
export class LedgerChecker {
  readonly #dependencies: LedgerCheckerDependencies;
  readonly #checks = new Map<ShardId, BalanceCheck>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(dependencies: LedgerCheckerDependencies) {
    this.#dependencies = dependencies;
  }

  /** The last comparison of each shard that was compared. */
  get checks(): readonly BalanceCheck[] {
    return [...this.#checks.values()];
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Compares what can be compared now; with `again`, also what agreed before. */
  async look(again = false): Promise<void> {
    for (const shard of this.#dependencies.shards) await this.#lookAt(shard, again);
  }

  async #run(): Promise<void> {
    const { clock, onFailure } = this.#dependencies;
    try {
      await this.look();
    } catch (error) {
      if (!this.#isStopped) onFailure(error);
    }
    if (!this.#isStopped) this.#timer = clock.schedule(LOOK_MS, () => void this.#run());
  }

  async #lookAt({ shard, engineBalances, publishedThrough }: CheckedShard, again: boolean): Promise<void> {
    const { ledger, backlog, onCheck } = this.#dependencies;
    const engine = await engineBalances();
    const last = this.#checks.get(shard);
    if (engine === undefined || publishedThrough() < engine.seq) return;
    if (!again && last !== undefined && engine.seq <= last.seq && last.difference === 0n) return;
    // In this order: what was handed over by then is in the queue, or in the books.
    if ((await backlog()) > 0) return;
    const check = await checkBalances(ledger, engine);
    this.#checks.set(shard, check);
    onCheck(check);
  }
}
