import { DIGEST_INTERVAL } from "#services/replication/digest-exchange.ts";
import type { Tape, TapeRecord } from "#services/replication/tape.ts";
import { TapeCursor } from "#services/replication/tape-cursor.ts";
import type { Command } from "#shared/domain/command.ts";
import type { EngineState, ForkState, TransferState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import { InconsistentStores } from "#shared/ports/inconsistent-stores.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { OutcomeSink } from "#shared/ports/outcome-feed.ts";
import type { Random } from "#shared/ports/random.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import type { FoldedEnd, Matching, Unjournaled } from "./matching.ts";
import { NONE_KNOWN, OutcomePublisher } from "./outcome-publisher.ts";
import { ownRecord } from "./own-record.ts";
import { goBack, newestFold, type Recovered } from "./recover.ts";
import { READ_AHEAD, type ShardFold } from "./shard-fold.ts";
import type { SnapshotPolicy } from "./snapshot-policy.ts";
import { SnapshotTaker } from "./snapshot-taker.ts";
import { Ticker } from "./ticker.ts";
import { tracedFold } from "./traced-fold.ts";

export interface MatchingDependencies {
  readonly tape: Tape;
  /** The Region's own log of the shard. */
  readonly log: CommandLog;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  readonly feed: OutcomeSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly snapshotPolicy: SnapshotPolicy;
  /** How far the shard's time may lag behind the owner's clock while commands flow, ms; as the ticker has it where nothing is said. */
  readonly tickMs?: number | undefined;
  /** How long outcomes in which nothing happened may wait for others before the journal is written, ms; as long as all others where nothing is said. */
  readonly quietMs?: number | undefined;
  /** The highest seq of the tape that is final: it is never taken back. */
  readonly finalSeq: () => number;
  /** Told of records that are durable here and folded, as far as they belong to a branch that goes on. */
  readonly onRecords: (places: readonly TapePlace[]) => void;
  /** Told of the state's digest now and then. */
  readonly onDigest: (digest: TapeDigest) => void;
  /** An operating error that ends the service: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
  readonly tracing?: Tracing | undefined;
}

/**
 * Folds one shard's tape, publishes the outcomes, writes the journal and takes snapshots. `catchUp` brings the state to the end of what is there
 * without publishing; `run` then goes on and publishes; so whoever listens starts from `state()` and misses nothing. Where the tape goes back, it
 * goes back too, and tells the listeners.
 */
export class MatchingService implements Matching {
  readonly #dependencies: MatchingDependencies;
  readonly #publisher: OutcomePublisher;
  readonly #snapshots: SnapshotTaker;
  readonly #cursor: TapeCursor;
  readonly #ticker: Ticker;
  #fold: ShardFold;
  #lastEnd: FoldedEnd | undefined;
  /** Folded before this began, and not in the journal. */
  #unjournaled: readonly Outcome[];

  constructor({ fold, tip, unjournaled, lastEnd }: Recovered, dependencies: MatchingDependencies) {
    const { tape } = dependencies;
    this.#dependencies = dependencies;
    this.#fold = fold;
    this.#unjournaled = unjournaled;
    this.#lastEnd = lastEnd;
    this.#publisher = new OutcomePublisher({ shard: tape.shard, ...dependencies });
    this.#snapshots = new SnapshotTaker(dependencies, fold);
    this.#cursor = new TapeCursor(
      tape,
      { take: (records) => this.#take(records), rewind: (toSeq) => this.#rewind(toSeq) },
      { place: fold.place, tip },
    );
    this.#ticker = new Ticker({
      ...dependencies,
      ownsTime: () => this.#ownsTime(),
      append: (time) => void this.append({ kind: "Tick", time }),
    });
    // A snapshot may have been taken behind the end of a branch: such a place is none of it, and counts for nothing.
    if (!fold.engine.ended) dependencies.onRecords([fold.place]);
  }

  /** The end of a branch that was folded last, if it was since this process began. */
  get lastEnd(): FoldedEnd | undefined {
    return this.#lastEnd;
  }

  get seq(): Seq {
    return this.#fold.engine.seq;
  }

  get place(): TapePlace {
    return this.#fold.place;
  }

  get unjournaled(): Unjournaled {
    return this.#publisher.unjournaled;
  }

  state(): EngineState {
    return this.#fold.engine.state();
  }

  /** What was sent to other shards and is not settled yet. */
  transfers(): readonly TransferState[] {
    return this.#fold.engine.transfers();
  }

  digest(): string {
    return this.#fold.engine.digest();
  }

  /** True behind the end of a branch: only another one can go on from here. */
  get ended(): boolean {
    return this.#fold.engine.ended;
  }

  /** How far a fork's replay has come. */
  fork(id: BranchId): ForkState {
    return this.#fold.engine.fork(id);
  }

  takeSnapshot(): Promise<void> {
    return this.#snapshots.take(this.#fold, () => this.#publisher.flush());
  }

  /**
   * Folds what is there now. Outcomes that the journal has already must be the same; others are written to it. Throws `InconsistentStores`
   * if the journal holds more than the log.
   */
  async catchUp(): Promise<void> {
    const { tape, journal } = this.#dependencies;
    for (const outcome of this.#unjournaled) this.#publisher.put(outcome, NONE_KNOWN);
    this.#unjournaled = [];
    await this.#cursor.catchUp();
    await this.#publisher.flush();
    if (journal.lastSeq() > this.seq) {
      throw new InconsistentStores(
        `The log of ${tape.shard} ends at seq ${this.seq}, but the journal holds seq ${journal.lastSeq()}: the log has lost commands.`,
      );
    }
  }

  /** From now on folds what comes, publishes it, and advances the shard's time while this Region writes the end of the tape. */
  run(): void {
    this.#publisher.start();
    this.#cursor.run(this.#dependencies.onFailure);
    this.#ticker.start();
  }

  /** Appends a command of the service's own (ticks, definitions) to the branch that this Region writes; `false` if it was not, or may not have been. */
  async append(command: Command): Promise<boolean> {
    const { tape, log, random } = this.#dependencies;
    const branch = tape.ownBranch;
    if (branch === undefined) return false;
    return (await log.append(ownRecord(random, branch, command))).ok;
  }

  /** Stops folding, makes the journal whole and takes a last snapshot. */
  async stop(): Promise<void> {
    this.#ticker.stop();
    await this.#cursor.stop();
    await this.#snapshots.take(this.#fold, () => this.#publisher.flush());
  }

  /** Time goes on by this Region's ticks only where the fold has come into a branch that it writes and that goes on. */
  #ownsTime(): boolean {
    const { engine } = this.#fold;
    return this.#dependencies.tape.ownBranch === engine.branch && !engine.ended;
  }

  async #take(records: readonly TapeRecord[]): Promise<void> {
    const { onRecords, onDigest, clock, tracing = NO_TRACING } = this.#dependencies;
    const publisher = this.#publisher;
    const known = await publisher.known(this.seq + 1, records.length);
    const durable: TapePlace[] = [];
    for (const [at, record] of records.entries()) {
      if (at % READ_AHEAD === 0) this.#fold.expect(records, at);
      const wasEnded = this.ended;
      const outcome = tracedFold(this.#fold, record, tracing, clock);
      const [event] = outcome.events;
      if (event !== undefined && event.kind !== "Misdirected") this.#ticker.noteCommand();
      if (event?.kind === "BranchEnded") this.#lastEnd = { seq: outcome.seq, successor: event.successor };
      // What stands behind the end of a branch is none of it: the next one begins at the end.
      if (!wasEnded || event?.kind === "BranchBegan") durable.push(record);
      publisher.put(outcome, known);
      const { branch, seq } = record;
      if (seq % DIGEST_INTERVAL === 0) onDigest({ branch, seq, digest: this.digest() });
    }
    onRecords(durable);
    await publisher.settle();
    if (this.#snapshots.isDue(this.#fold)) await this.#snapshots.take(this.#fold, () => publisher.flush());
  }

  async #rewind(toSeq: Seq): Promise<TapePlace> {
    await this.#publisher.flush();
    await goBack(this.#dependencies, toSeq);
    if (this.seq > toSeq) {
      this.#fold = (await newestFold(this.#dependencies, toSeq)).fold;
      this.#snapshots.restart(this.#fold);
    }
    this.#publisher.restart(toSeq);
    return this.place;
  }
}
