import type { Outcome } from "#shared/domain/event.ts";
import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { holds, INVARIANTS } from "./finding.ts";

/** Where the feed of one shard in one Region stands. */
interface Feed {
  /** The last seq published; `undefined` before the feed began. */
  last: number | undefined;
  /** Up to here the Region has written down what it published, with no way back. */
  kept: number;
}

/** Follows what each Region publishes of each shard as a client does: each seq once, rising, without a gap; only a rewind goes back, and never behind what the Region itself holds for final. */
export class FeedWatch {
  readonly #feeds = new Map<RegionId, Map<ShardId, Feed>>();

  /** A feed begins, perhaps again after a crash: behind this seq. */
  began(region: RegionId, shard: ShardId, seq: Seq): void {
    const feed = this.#feedOf(region, shard);
    feed.last = seq;
    // What the journal had not when the process died was written down nowhere.
    feed.kept = Math.min(seq, feed.kept);
  }

  /** Up to a seq the Region's own tape is final, as far as it was published. */
  kept(region: RegionId, shard: ShardId, finalSeq: Seq): void {
    const feed = this.#feedOf(region, shard);
    feed.kept = Math.max(feed.kept, Math.min(finalSeq, feed.last ?? 0));
  }

  outcome(region: RegionId, { shard, seq, branch }: Outcome): void {
    const feed = this.#feedOf(region, shard);
    const { last } = feed;
    holds(last !== undefined, INVARIANTS.feeds, () => `${region} ${shard} published before it began`);
    holds(
      seq === last + 1,
      INVARIANTS.feeds,
      () => `${region} ${shard} published seq ${seq} of ${branch} behind seq ${last}`,
    );
    feed.last = seq;
  }

  rewound(region: RegionId, shard: ShardId, toSeq: Seq): void {
    const feed = this.#feedOf(region, shard);
    const { last, kept } = feed;
    holds(
      last !== undefined && toSeq <= last,
      INVARIANTS.feeds,
      () => `${region} ${shard} went back to seq ${toSeq}, from seq ${last}`,
    );
    holds(
      toSeq >= kept,
      INVARIANTS.final,
      () => `${region} ${shard} went back to seq ${toSeq}, and had called ${kept} final itself`,
    );
    feed.last = toSeq;
  }

  #feedOf(region: RegionId, shard: ShardId): Feed {
    const known = this.#feeds.get(region)?.get(shard);
    if (known !== undefined) return known;
    const fresh: Feed = { last: undefined, kept: 0 };
    const ofRegion = this.#feeds.get(region) ?? new Map<ShardId, Feed>();
    this.#feeds.set(region, ofRegion.set(shard, fresh));
    return fresh;
  }
}
