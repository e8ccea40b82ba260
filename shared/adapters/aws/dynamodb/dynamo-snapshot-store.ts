import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { type Dynamo, WRITER_PATIENCE_MS } from "./dynamo.ts";
import { pack, unpack } from "./pack.ts";
import { type PartsPlace, partKeysOf, readPartsUnchecked, writeParts } from "./parts.ts";
import { numberOf, type Row, sortable, textOf } from "./row.ts";

/** How many snapshots of a shard are kept, besides the newest final one. */
const KEPT = 3;
const HEADS_MAX = 1000;

/**
 * Opens the snapshots of a Region's shards. A snapshot is a small item that says what it is, and its bytes, compressed, in as many items as they need; the
 * small one is written last, so what is listed is there.
 */
export function openDynamoSnapshotStore(options: { readonly dynamo: Dynamo }): SnapshotStore {
  return new DynamoSnapshotStore(options.dynamo.withPatience(WRITER_PATIENCE_MS));
}

class DynamoSnapshotStore implements SnapshotStore {
  readonly #dynamo: Dynamo;

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo;
  }

  async save(snapshot: Snapshot, finalSeq: number): Promise<void> {
    const { shard, seq, branch, position, digest, bytes } = snapshot;
    const parts = await writeParts(this.#dynamo, partsPlace(shard, seq), await pack([bytes]));
    await this.#dynamo.put("snapshots", { ...dataKey(shard, seq), ...parts });
    const head = { pk: headKey(shard), sk: sortable(seq), seq, branch, position, digest };
    await this.#dynamo.put("snapshots", { ...head, size: bytes.length });
    const heads = await this.#heads(shard);
    const newestFinal = heads.find((one) => numberOf(one, "seq") <= finalSeq);
    await this.#forget(
      shard,
      heads.slice(KEPT).filter((one) => one !== newestFinal),
    );
  }

  async list(shard: ShardId): Promise<readonly Snapshot[]> {
    const heads = await this.#heads(shard);
    return Promise.all(
      heads.map(async (head) => ({
        shard,
        branch: textOf(head, "branch") as BranchId,
        seq: numberOf(head, "seq") as Seq,
        position: numberOf(head, "position"),
        digest: textOf(head, "digest"),
        bytes: await this.#bytesOf(shard, numberOf(head, "seq")),
      })),
    );
  }

  async rewind(shard: ShardId, toSeq: number): Promise<void> {
    const heads = await this.#heads(shard);
    await this.#forget(
      shard,
      heads.filter((head) => numberOf(head, "seq") > toSeq),
    );
  }

  async close(): Promise<void> {}

  /** The newest first. */
  #heads(shard: ShardId): Promise<Row[]> {
    return this.#dynamo.query("snapshots", {
      hash: ["pk", headKey(shard)],
      isBackward: true,
      limit: HEADS_MAX,
    });
  }

  /** Whatever is there: whoever restores compares the digest. */
  async #bytesOf(shard: ShardId, seq: number): Promise<Uint8Array> {
    const data = await this.#dynamo.get("snapshots", dataKey(shard, seq));
    if (data === undefined) return new Uint8Array();
    const packed = await readPartsUnchecked(this.#dynamo, partsPlace(shard, seq), data);
    try {
      const [bytes = packed] = await unpack(packed, `the snapshot of ${shard} at seq ${seq}`);
      return bytes;
    } catch {
      return packed;
    }
  }

  /** The small items first: what is not listed is not missed. */
  async #forget(shard: ShardId, heads: readonly Row[]): Promise<void> {
    const keys = heads.map((head): Row => ({ pk: headKey(shard), sk: textOf(head, "sk") }));
    await this.#dynamo.removeAll("snapshots", keys);
    for (const head of heads) {
      const seq = numberOf(head, "seq");
      const data = await this.#dynamo.get("snapshots", dataKey(shard, seq));
      if (data === undefined) continue;
      const parts = partKeysOf(partsPlace(shard, seq), data);
      await this.#dynamo.removeAll("snapshots", [dataKey(shard, seq), ...parts]);
    }
  }
}

function headKey(shard: ShardId): string {
  return `SNAPSHOT#${shard}`;
}

function dataKey(shard: ShardId, seq: number) {
  return { pk: `${headKey(shard)}#DATA`, sk: sortable(seq) };
}

function partsPlace(shard: ShardId, seq: number): PartsPlace {
  return { table: "snapshots", pk: `${headKey(shard)}#PARTS`, prefix: sortable(seq) };
}
