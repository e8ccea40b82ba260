import type { Outcome } from "#shared/domain/event.ts";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import { InvariantViolation } from "#shared/domain/invariant.ts";
import { isSameData } from "#shared/domain/same-data.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { OutcomeSink } from "#shared/ports/outcome-feed.ts";
import { JournalWriter } from "./journal-writer.ts";
import type { Unjournaled } from "./matching.ts";

/** More outcomes than this waiting for the journal make the fold wait. */
const MAX_UNJOURNALED = 20_000;

/** Outcomes of the journal, by seq. */
export type KnownOutcomes = ReadonlyMap<number, Outcome>;
export const NONE_KNOWN: KnownOutcomes = new Map();

export interface PublisherDependencies {
  readonly shard: ShardId;
  readonly journal: Journal;
  readonly feed: OutcomeSink;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
  /** How long outcomes in which nothing happened may wait for others before the journal is written, ms; as long as all others where nothing is said. */
  readonly quietMs?: number | undefined;
}

/**
 * Where folded outcomes go: into the journal, and to the listeners once there are any. What the journal has already must be the same to the
 * last field (invariant 7), and is told to nobody again.
 */
export class OutcomePublisher {
  readonly #dependencies: PublisherDependencies;
  readonly #writer: JournalWriter;
  #isPublishing = false;

  constructor(dependencies: PublisherDependencies) {
    this.#dependencies = dependencies;
    this.#writer = new JournalWriter(dependencies);
  }

  get unjournaled(): Unjournaled {
    return { count: this.#writer.pending, ageMs: this.#writer.oldestMs };
  }

  /** From now on what is new is published. */
  start(): void {
    this.#isPublishing = true;
  }

  /** What the journal holds of the next outcomes, to be given to {@link put}. */
  async known(firstSeq: number, count: number): Promise<KnownOutcomes> {
    if (firstSeq > this.#writer.tip) return NONE_KNOWN;
    const outcomes = await this.#dependencies.journal.read(firstSeq - 1, count);
    return new Map(outcomes.map((outcome) => [outcome.seq, outcome]));
  }

  put(outcome: Outcome, known: KnownOutcomes): void {
    if (outcome.seq > this.#writer.tip) {
      this.#writer.add(outcome);
      if (this.#isPublishing) this.#dependencies.feed.publish(outcome);
      return;
    }
    const before = known.get(outcome.seq);
    if (before !== undefined && !isSameData(before, outcome)) {
      throw new InvariantViolation(
        `tape divergence: seq ${outcome.seq} folds to other events than the journal holds`,
      );
    }
  }

  /** Waits for the journal if it is far behind. */
  async settle(): Promise<void> {
    if (this.#writer.pending > MAX_UNJOURNALED) await this.#writer.flush();
  }

  /** Resolves when the journal holds all that was put. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** The journal was taken back to a seq: what follows is new, and the listeners are told. Nothing may wait for the journal. */
  restart(toSeq: Seq): void {
    const { feed, shard } = this.#dependencies;
    this.#writer.restart();
    if (this.#isPublishing) feed.rewind({ shard, toSeq });
  }
}
