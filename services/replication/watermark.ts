import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { isBeyond, type LineageSpan, type TapePlace, type Watermark } from "#shared/domain/lineage.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import { currentSpan, finalSeqOf } from "./finality.ts";
import { PositionIndex } from "./position-index.ts";
import type { Tape } from "./tape.ts";

export interface WatermarkDependencies {
  readonly shard: ShardId;
  readonly tape: Tape;
  /** All Regions of the installation, this one too: a majority of them makes a command final. */
  readonly regions: readonly RegionId[];
  /** Holds what this Region promised to follow no further. */
  readonly copies: LogCopies;
}

/**
 * What is final of a shard. The owner works it out from the positions that the Regions report as durable, for its own reign alone; replicas learn it
 * from the owner's answers. It never goes back.
 */
export class FinalityWatermark {
  readonly #dependencies: WatermarkDependencies;
  readonly #listeners = new Set<(watermark: Watermark) => void>();
  readonly #index = new PositionIndex();
  /** Of the reign that is being counted, by Region. */
  readonly #held = new Map<RegionId, number>();
  /** What follows from the reports, until there is another one: the fold asks far more often. */
  #heldByMajority: number | undefined;
  #counted: LineageSpan | undefined;
  #folded = 0;
  #current: Watermark | undefined;
  #ceiling = Number.POSITIVE_INFINITY;

  constructor(dependencies: WatermarkDependencies) {
    this.#dependencies = dependencies;
    this.#count();
    dependencies.tape.onChange(() => this.#count());
  }

  /** What is final, as far as this Region knows. */
  get current(): Watermark | undefined {
    return this.#current;
  }

  /** The highest seq of this Region's tape that is final: it is never taken back. */
  get finalSeq(): Seq {
    return Math.min(finalSeqOf(this.#dependencies.tape.plan, this.#current), this.#ceiling) as Seq;
  }

  /**
   * Nothing behind a seq counts as final on this Region's tape while `work` is under way: a fork that begins there takes the rest back. What a majority holds is final all the same, and the other Regions
   * are told so.
   */
  async notBeyond<T>(seq: Seq, work: () => Promise<T>): Promise<T> {
    assert(this.#ceiling === Number.POSITIVE_INFINITY, "one fork is begun at a time");
    this.#ceiling = seq;
    try {
      return await work();
    } finally {
      this.#ceiling = Number.POSITIVE_INFINITY;
      if (this.#current !== undefined) this.#tell(this.#current);
    }
  }

  /** These places of this Region's tape stand durably in its log or copies. */
  noteRecords(places: readonly TapePlace[]): void {
    const span = this.#counted;
    if (span === undefined) return;
    for (const { branch, position, seq } of places) {
      if (branch !== span.branch || seq <= this.#folded) continue;
      this.#index.note(position, seq);
      this.#folded = seq;
    }
    this.#advance();
  }

  /** Another Region holds the owner's log durably up to a position. Reports for any epoch but that of the own reign are not counted. */
  noteHeld(region: RegionId, epoch: number, position: number): void {
    if (epoch !== this.#counted?.epoch || region === this.#dependencies.tape.self) return;
    if (!this.#dependencies.regions.includes(region) || position <= (this.#held.get(region) ?? 0)) return;
    this.#held.set(region, position);
    this.#heldByMajority = undefined;
    this.#advance();
  }

  /** The owner says what is final. */
  learn(watermark: Watermark): void {
    if (!isBeyond(watermark, this.#current)) return;
    this.#current = watermark;
    this.#tell(watermark);
  }

  /** Called after it has advanced. */
  onAdvance(listener: (watermark: Watermark) => void): Subscription {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  #tell(watermark: Watermark): void {
    for (const listener of [...this.#listeners]) listener(watermark);
  }

  /** Which reign is counted: the present one, if it is this Region's own. A new one begins with no reports. */
  #count(): void {
    const { tape } = this.#dependencies;
    const span = currentSpan(tape.plan);
    const own = span?.owner === tape.self ? span : undefined;
    if (own?.epoch === this.#counted?.epoch) return;
    this.#counted = own;
    this.#held.clear();
    this.#heldByMajority = undefined;
    this.#index.clear();
    this.#folded = 0;
  }

  #advance(): void {
    const { shard, copies } = this.#dependencies;
    const span = this.#counted;
    // A promise to follow the own reign no further binds the owner too: what it holds beyond may be cut.
    if (span === undefined || copies.fencedEpoch(shard) >= span.epoch) return;
    this.#heldByMajority ??= this.#countHeld();
    const held = this.#heldByMajority;
    const seq = this.#index.seqAt(held);
    if (seq === undefined) return;
    if (held !== Number.POSITIVE_INFINITY) this.#index.forgetBefore(held);
    this.learn({ epoch: span.epoch, branch: span.branch, seq: seq as Seq });
  }

  /** The position up to which a majority holds the own log; this Region holds what it folds. */
  #countHeld(): number {
    const { tape, regions } = this.#dependencies;
    const positions = regions.map((region) =>
      region === tape.self ? Number.POSITIVE_INFINITY : (this.#held.get(region) ?? 0),
    );
    const majority = Math.floor(regions.length / 2) + 1;
    return positions.sort((a, b) => b - a)[majority - 1] ?? 0;
  }
}
