import { NotNow } from "#services/gateway/operators/operated-platform.ts";
import type { RegionId, Seq } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { FoldedShardStores } from "#shared/ports/stores.ts";
import type { ReplayFacts } from "#shared/ports/task-requests.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";
import { foldTo } from "./fold-to.ts";
import { replayTape } from "./replay-tape.ts";
import type { ShardNode } from "./shard-node.ts";

export interface OperatedShardSources {
  readonly self: RegionId;
  readonly node: ShardNode;
  readonly stores: Pick<FoldedShardStores, "log" | "snapshots">;
  readonly copies: LogCopies;
  readonly clock: Clock;
}

/** A zone gives its state within this time, or is not there. */
const SNAPSHOT_MS = 10_000;
const DIGESTS_SHOWN = 64;

/** A shard for the operators of the Region that folds it: what needs the fold or its logs. */
export class OperatedShard {
  readonly #sources: OperatedShardSources;

  constructor(sources: OperatedShardSources) {
    this.#sources = sources;
  }

  get foldedSeq(): Seq {
    return this.#sources.node.matching.seq;
  }

  /** Saves the state as it is now and gives it. Throws `NotNow`. */
  async takeSnapshot(): Promise<Snapshot> {
    const { node, stores, clock } = this.#sources;
    const wanted = node.matching.seq;
    let timer: { cancel(): void } | undefined;
    const isOver = new Promise<void>((resolve) => {
      timer = clock.schedule(SNAPSHOT_MS, resolve);
    });
    await Promise.race([node.matching.takeSnapshot(), isOver]);
    timer?.cancel();
    const [newest] = await stores.snapshots.list(node.shard);
    if (newest === undefined || newest.seq < wanted) throw new NotNow("no zone gives its state");
    return newest;
  }

  /** What the fold came to at seqs that every replica notes, the oldest first. */
  digests(): readonly TapeDigest[] {
    return this.#sources.node.digests.newest(DIGESTS_SHOWN);
  }

  /** What it came to at a place of the lineage, folded again from the newest snapshot before it; `undefined` where the Region does not hold that. */
  async digestAt(seq: Seq): Promise<TapeDigest | undefined> {
    const { node, stores, clock } = this.#sources;
    if (seq > node.matching.seq) return undefined;
    const breathe = () => new Promise<void>((resolve) => clock.schedule(0, resolve));
    const fold = await foldTo(this.#tape, stores.snapshots, node.record?.lineage ?? [], seq, breathe);
    return fold === undefined ? undefined : { branch: fold.place.branch, seq, digest: fold.engine.digest() };
  }

  /** Folds the log again and compares it with the state that is shown. Throws `NotNow`. */
  async replay(): Promise<ReplayFacts> {
    const { node, stores, clock } = this.#sources;
    const snapshot = await this.takeSnapshot();
    const lineage = node.record?.lineage ?? [];
    const replay = await replayTape(this.#tape, { lineage, snapshot, kept: stores.snapshots, clock });
    if (replay !== undefined) return replay;
    throw new NotNow(
      "the Region stands in a fork, or its log reaches back neither to its beginning nor to another snapshot",
    );
  }

  get #tape() {
    const { self, node, stores, copies } = this.#sources;
    return { shard: node.shard, self, log: stores.log, copies };
  }
}
