import type { Outcome } from "#shared/domain/event.ts";
import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { holds, INVARIANTS } from "./finding.ts";

/** Follows what each Region publishes of each shard as a client does: each seq once, rising, without a gap; only a rewind goes back. */
export class FeedWatch {
  readonly #last = new Map<string, number>();

  /** A feed begins, perhaps again after a crash: behind this seq. */
  began(region: RegionId, shard: ShardId, seq: Seq): void {
    this.#last.set(`${region} ${shard}`, seq);
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
    this.#last.set(key, toSeq);
  }
}
