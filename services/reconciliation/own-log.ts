import type { CommandEnvelope } from "#shared/domain/command.ts";
import type { BranchId } from "#shared/domain/ids.ts";
import type { ForkSpan } from "#shared/domain/lineage.ts";

/** In the lineage (also where it had no effect there), in a fork that is or will be replayed, or neither: to be forwarded. */
export type RecordFate = "in-lineage" | "in-fork" | "late";

/** A fork that the Region opened itself. */
export interface OpenedFork extends ForkSpan {
  /** The position of its seal; `undefined` while it is open. */
  readonly seal: number | undefined;
}

/** A reign of the Region that has ended, in its own log. */
export interface EndedReign {
  readonly branch: BranchId;
  readonly start: number;
  /** The position of its last canonical record. */
  readonly cut: number;
}

/**
 * What a Region's own log of a shard says of forks and of the ends of branches. It is made of the records alone, so a restart finds the same; the first record with a
 * fact counts, later ones of the same kind had no effect.
 */
export class OwnLog {
  readonly #forks = new Map<BranchId, ForkSpan>();
  readonly #seals = new Map<BranchId, number>();
  readonly #ends = new Map<BranchId, number>();
  /** Reigns that began in this log, if the register took them: epoch, and the position behind which they do. */
  readonly #begun: { readonly epoch: number; readonly start: number }[] = [];
  readonly #after: number;
  #last: number;

  /** Begins behind a position: what lies before it needs nothing any more. */
  constructor(after: number) {
    this.#after = after;
    this.#last = after;
  }

  /** The position of the last record noted. */
  get last(): number {
    return this.#last;
  }

  /** Takes the next record; `null` for bytes that are no command. */
  note(position: number, envelope: CommandEnvelope | null): void {
    const start = this.#last;
    this.#last = position;
    if (envelope === null) return;
    const { branch, command } = envelope;
    if (command.kind === "BranchStarted") {
      if (!command.provisional) this.#begun.push({ epoch: command.epoch, start });
      if (!command.provisional || command.branch !== branch || this.#forks.has(branch)) return;
      this.#forks.set(branch, { branch, parent: command.parent, parentSeq: command.parentSeq, start });
    } else if (command.kind === "ForkSealed" && command.fork === branch)
      setOnce(this.#seals, branch, position);
    else if (command.kind === "EpochEnded") setOnce(this.#ends, branch, position);
  }

  /** In the order of the log. */
  openedForks(): readonly OpenedFork[] {
    return [...this.#forks.values()].map((span) => ({ ...span, seal: this.#seals.get(span.branch) }));
  }

  /**
   * The position behind which the first reign begins that may yet come into the lineage: a takeover writes its beginning into the log before it asks the register, so until an
   * epoch is given to somebody its beginning may be one that counts.
   */
  firstBegunAfter(epoch: number): number {
    const pending = this.#begun.filter((begun) => begun.epoch > epoch);
    return Math.min(Number.POSITIVE_INFINITY, ...pending.map(({ start }) => start));
  }

  sealOf(branch: BranchId): number | undefined {
    return this.#seals.get(branch);
  }

  /** True where the owner itself ended the reign there, to hand the shard over: nothing that it accepted lies beyond. */
  wasHandedOver({ branch, cut }: EndedReign): boolean {
    return this.#ends.get(branch) === cut;
  }

  /** Where the record at a position belongs. `reigns` are the Region's own, `current` its reign that goes on, if it has one. */
  fateOf(
    position: number,
    branch: BranchId,
    reigns: readonly EndedReign[],
    current: { readonly branch: BranchId; readonly start: number } | undefined,
  ): RecordFate {
    const isSealedOff = position > (this.#seals.get(branch) ?? Number.POSITIVE_INFINITY);
    if (this.#forks.has(branch)) return isSealedOff ? "late" : "in-fork";
    if (branch === current?.branch) return position > current.start ? "in-lineage" : "late";
    const reign = reigns.find((each) => each.branch === branch);
    if (reign === undefined || position <= reign.start) return "late";
    if (position <= reign.cut) return "in-lineage";
    // Its tail was sealed and replayed before the place where this begins: the seal is not seen any more.
    if (reign.cut < this.#after) return "late";
    return isSealedOff || this.wasHandedOver(reign) ? "late" : "in-fork";
  }
}

function setOnce(map: Map<BranchId, number>, branch: BranchId, position: number): void {
  if (!map.has(branch)) map.set(branch, position);
}
