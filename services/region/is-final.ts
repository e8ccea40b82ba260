import type { BranchId, Seq } from "#shared/domain/ids.ts";
import type { ShardNode } from "./shard-node.ts";

/** True once a place of a shard's tape stays for ever, as this Region's fold knows. */
export function isFinalOf(
  node: Pick<ShardNode, "watermark" | "tape">,
): (branch: BranchId, seq: Seq) => boolean {
  return (branch, seq) =>
    node.watermark.finalSeq >= seq &&
    node.tape.segments.some((segment) => segment.branch === branch && seq <= segment.end);
}
