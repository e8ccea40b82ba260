import type { Outcome } from "#shared/domain/event.ts";
import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { holds, INVARIANTS } from "./finding.ts";

/** Follows what each Region publishes of each shard as a client does: each seq once, rising, without a gap; only a rewind goes back, and never behind what the Region itself holds for final. */
export class FeedWatch {
  readonly #last = new Map<string, number>();
  /** Up to here each has written down what it published, with no way back. */
  readonly #kept = new Map<string, number>();

  /** A feed begins, perhaps again after a crash: behind this seq. */
  began(region: RegionId, shard: ShardId, seq: Seq): void {
    const key = `${region} ${shard}`;
    this.#last.set(key, seq);
    // What the journal had not when the process died was written down nowhere.
    this.#kept.set(key, Math.min(seq, this.#kept.get(key) ?? 0));
  }

  /** Up to a seq the Region's own tape is final, as far as it was published. */
  kept(region: RegionId, shard: ShardId, finalSeq: Seq): void {
    const key = `${region} ${shard}`;
    const kept = Math.min(finalSeq, this.#last.get(key) ?? 0);
    this.#kept.set(key, Math.max(kept, this.#kept.get(key) ?? 0));
  }

  outcome(region: RegionId, { shard, seq, branch }: Outcome): void {
    const key = `${region} ${shard}`;
    const last = this.#last.get(key);
    holds(last !== undefined, INVARIANTS.feeds, () => `${key} published before it began`);
    holds(
      seq === last + 1,
      INVARIANTS.feeds,
      () => `${key} published seq ${seq} of ${branch} behind seq ${last}`,
    );
    this.#last.set(key, seq);
  }

  rewound(region: RegionId, shard: ShardId, toSeq: Seq): void {
    const key = `${region} ${shard}`;
    const last = this.#last.get(key);
    holds(
      last !== undefined && toSeq <= last,
      INVARIANTS.feeds,
      () => `${key} went back to seq ${toSeq}, from seq ${last}`,
    );
    const kept = this.#kept.get(key) ?? 0;
    holds(
      toSeq >= kept,
      INVARIANTS.final,
      () => `${key} went back to seq ${toSeq}, and had called ${kept} final itself`,
    );
    this.#last.set(key, toSeq);
  }
}
