import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { FinalityClaim } from "./finality-claim.ts";
import { holds, INVARIANTS } from "./finding.ts";
import type { TapeArchive } from "./tape-archive.ts";

interface Place {
  readonly shard: ShardId;
  readonly branch: BranchId;
  readonly seq: Seq;
}

/** No effect leaves a shard before it is final: when a transfer is first seen to arrive, somebody has called final that it was sent. */
export class TransferWatch {
  readonly #sent = new Map<CommandId, Place[]>();
  readonly #archiveOf: (shard: ShardId) => TapeArchive;
  readonly #claims: () => readonly FinalityClaim[];

  constructor(archiveOf: (shard: ShardId) => TapeArchive, claims: () => readonly FinalityClaim[]) {
    this.#archiveOf = archiveOf;
    this.#claims = claims;
  }

  /** An outcome that is seen for the first time. Throws a `Finding`. */
  note({ shard, branch, seq, events }: Outcome): void {
    for (const event of events) {
      if (event.kind === "TransferredOut") {
        const places = this.#sent.get(event.transferId) ?? [];
        // Sent in a reign's tail, it is sent again when that is replayed.
        this.#sent.set(event.transferId, [...places, { shard, branch, seq }]);
      }
      if (event.kind !== "TransferredIn") continue;
      const { transferId } = event;
      const places = this.#sent.get(transferId) ?? [];
      holds(
        places.some((place) => this.#isFinal(place)),
        INVARIANTS.final,
        () =>
          `${shard} ${branch} ${seq} credits ${transferId}, of which nobody has called final that it was sent: ${JSON.stringify(places)}`,
      );
    }
  }

  #isFinal({ shard, branch, seq }: Place): boolean {
    const archive = this.#archiveOf(shard);
    return this.#claims().some(
      (claim) =>
        claim.shard === shard && (archive.lineageOf(claim.branch, claim.seq).get(branch) ?? 0) >= seq,
    );
  }
}
