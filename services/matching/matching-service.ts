import type { Command } from "#shared/domain/command.ts";
import { commandIdOf, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { decodeEvents, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, ShardId } from "#shared/domain/ids.ts";
import { InvariantViolation } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog, LogRecord, Subscription } from "#shared/ports/command-log.ts";
import { InconsistentStores } from "#shared/ports/inconsistent-stores.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { Random } from "#shared/ports/random.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { JournalWriter } from "./journal-writer.ts";
import type { Recovered } from "./recover.ts";
import { Ticker } from "./ticker.ts";

/** A snapshot is due after so many commands, or after so long. */
export interface SnapshotPolicy {
  readonly commands: number;
  readonly intervalMs: number;
}

export interface MatchingDependencies {
  readonly shard: ShardId;
  readonly log: CommandLog;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  readonly feed: OutcomeFeed;
  readonly clock: Clock;
  readonly random: Random;
  readonly snapshotPolicy: SnapshotPolicy;
  /** An operating error that ends the service: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
}

/** More outcomes than this waiting for the journal make the fold wait. */
const MAX_UNJOURNALED = 20_000;

/**
 * Folds one shard's log, publishes the outcomes, writes the journal and takes snapshots. `catchUp` brings the state to the end of the log without
 * publishing; `run` then goes on and publishes; so whoever listens starts from `state()` and misses nothing.
 */
export class MatchingService {
  readonly #dependencies: MatchingDependencies;
  readonly #engine: Engine;
  readonly #branch: BranchId;
  readonly #writer: JournalWriter;
  readonly #ticker: Ticker;
  #position: number;
  #subscription: Subscription | undefined;
  #snapshotSeq: number;
  #snapshotTime: number;
  #snapshotting = false;

  constructor(recovered: Recovered, dependencies: MatchingDependencies) {
    this.#dependencies = dependencies;
    this.#engine = recovered.engine;
    this.#branch = recovered.engine.branch;
    this.#position = recovered.position;
    this.#snapshotSeq = recovered.engine.seq;
    this.#snapshotTime = dependencies.clock.monotonic();
    this.#writer = new JournalWriter(dependencies.journal, dependencies.clock, dependencies.onFailure);
    this.#ticker = new Ticker(dependencies.clock, (time) => {
      void this.append({ kind: "Tick", time });
    });
  }

  get branch(): BranchId {
    return this.#branch;
  }

  get seq(): number {
    return this.#engine.seq;
  }

  /** How long the oldest outcome that is not in the journal yet has waited for it, ms. */
  get unjournaledMs(): number {
    return this.#writer.oldestMs;
  }

  state(): EngineState {
    return this.#engine.state();
  }

  digest(): string {
    return this.#engine.digest();
  }

  /**
   * Folds what is in the log now. Outcomes that the journal has already must be the same, byte for byte (invariant 7); others are
   * written to it. Throws `InconsistentStores` if the journal holds more than the log, or less than the snapshot.
   */
  async catchUp(): Promise<void> {
    const { shard, journal } = this.#dependencies;
    if (journal.lastSeq() < this.seq) {
      throw new InconsistentStores(
        `The journal of ${shard} ends at seq ${journal.lastSeq()}, but a snapshot was taken at ${this.seq}: the journal has lost outcomes.`,
      );
    }
    for (;;) {
      const records = await this.#dependencies.log.read(this.#position, 1000);
      if (records.length === 0) break;
      const known = await this.#dependencies.journal.read(this.#engine.seq, records.length);
      for (const [at, record] of records.entries()) {
        const outcome = this.#fold(record);
        const before = known[at];
        if (before === undefined) this.#writer.add(outcome);
        else if (digestOf(encodeOutcome(before)) !== digestOf(encodeOutcome(outcome))) {
          throw new InvariantViolation(
            `tape divergence: seq ${outcome.seq} folds to other events than the journal holds`,
          );
        }
      }
      await this.#writer.flush();
    }
    if (journal.lastSeq() > this.seq) {
      throw new InconsistentStores(
        `The log of ${shard} ends at seq ${this.seq}, but the journal holds seq ${journal.lastSeq()}: the log has lost commands.`,
      );
    }
  }

  /** From now on folds what is appended, publishes it, and advances the shard's time. */
  run(): void {
    this.#subscription = this.#dependencies.log.subscribe(this.#position, (records) => this.#take(records));
    this.#ticker.start();
  }

  /** Appends a command of the service's own (ticks, definitions); resolves when it is durable. */
  async append(command: Command): Promise<boolean> {
    const commandId = Buffer.from(this.#dependencies.random.bytes(16)).toString("hex") as CommandId;
    const bytes = encodeCommand({ commandId, branch: this.#branch, validUntil: 0, command });
    return (await this.#dependencies.log.append(bytes)).ok;
  }

  /** Stops folding, makes the journal whole and takes a last snapshot. */
  async stop(): Promise<void> {
    this.#ticker.stop();
    this.#subscription?.cancel();
    await this.#snapshot();
  }

  async #take(records: readonly LogRecord[]): Promise<void> {
    const { feed, clock, snapshotPolicy } = this.#dependencies;
    for (const record of records) {
      const outcome = this.#fold(record);
      if (outcome.events.length > 0) this.#ticker.noteCommand();
      this.#writer.add(outcome);
      feed.publish(outcome);
    }
    if (this.#writer.pending > MAX_UNJOURNALED) await this.#writer.flush();
    const age = clock.monotonic() - this.#snapshotTime;
    if (this.#engine.seq - this.#snapshotSeq >= snapshotPolicy.commands || age >= snapshotPolicy.intervalMs) {
      await this.#snapshot();
    }
  }

  #fold({ position, bytes }: LogRecord): Outcome {
    const engine = this.#engine;
    const encoded = engine.applyEncoded(bytes);
    const events = decodeEvents(encoded.bytes.subarray(0, encoded.length), encoded.count);
    this.#position = position;
    return {
      shard: this.#dependencies.shard,
      branch: this.#branch,
      seq: engine.seq,
      time: engine.time,
      commandId: events[0]?.kind === "Undecodable" ? "" : commandIdOf(bytes),
      events,
    };
  }

  /** A snapshot is saved only when the journal holds everything up to it. */
  async #snapshot(): Promise<void> {
    if (this.#snapshotting || this.#engine.seq === this.#snapshotSeq) return this.#writer.flush();
    this.#snapshotting = true;
    const { shard, snapshots, clock } = this.#dependencies;
    const seq = this.#engine.seq;
    const position = this.#position;
    const bytes = this.#engine.snapshot();
    await this.#writer.flush();
    await snapshots.save({ shard, seq, position, digest: digestOf(bytes), bytes });
    this.#snapshotSeq = seq;
    this.#snapshotTime = clock.monotonic();
    this.#snapshotting = false;
  }
}
