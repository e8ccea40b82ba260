import type { Register } from "#services/ownership/register.ts";
import type { ShardOwnership } from "#services/ownership/shard-ownership.ts";
import type { Cut, EpochEnd, TakeoverSteps } from "#services/ownership/takeover-steps.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";

/** A shard's ownership as its node keeps it. */
export interface NodeOwnership {
  readonly ownership: ShardOwnership;
  readonly register: Register;
  readonly steps: TakeoverSteps;
}

/** A shard's node as its ownership needs it. */
export interface OwnedShard {
  readonly record: OwnershipRecord | undefined;
  readonly hasOpenFork: boolean;
  readonly watermark: { readonly finalSeq: number };
  readonly matching: { readonly ended: boolean };
  /** This Region follows the epoch's owner, and its fold has come to that reign. */
  isFollowing(epoch: number): boolean;
  /** How the lineage stands at a position of its last span's log; `undefined` where what is held here does not tell. */
  cutAt(record: OwnershipRecord, position: number): Promise<Cut | undefined>;
  /** Where the fold stands, if it has come to the end that the owner wrote. */
  epochEnd(): EpochEnd | undefined;
  /** The register's record as a majority holds it: from now on this is followed. */
  learn(record: OwnershipRecord): Promise<void>;
  /** The reign is being handed over: what comes waits. */
  pauseIntake(): void;
  resumeIntake(): void;
  /** The lease has become good, or has run out. */
  lookAgain(): void;
}
