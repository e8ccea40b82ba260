import type { Command } from "#shared/domain/command.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, OrderId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Watermark } from "#shared/domain/lineage.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import type { SimulatedZones } from "./zones/simulated-zones.ts";

/** What a client is told about a command that it sent. */
export type Reply =
  | {
      readonly kind: "outcome";
      readonly outcome: Outcome;
      readonly repeated: boolean;
      readonly provisional: boolean;
    }
  /** It is in the outbox and will be sent on. */
  | { readonly kind: "queued" }
  /** It may or may not happen: to be retried with the same id. */
  | { readonly kind: "unknown" }
  /** It was not taken and will not happen because of this request. */
  | { readonly kind: "refused"; readonly why: string };

/** A Region of the simulation while it runs: the composition of production, and what the harness must be able to ask of it. */
export interface SimulatedRegion {
  readonly region: RegionId;
  /** Where its folds run in zones of their own. */
  readonly zones: SimulatedZones | undefined;
  mintOrderId(): OrderId;
  /** A client's command at this Region's gateway, for a shard that may be owned elsewhere. */
  submit(shard: ShardId, commandId: CommandId, command: Command): Promise<Reply>;
  /** The operator moves a shard, if that can be done now; true once the other Region has it. */
  promote(shard: ShardId, to: RegionId): Promise<boolean>;
  /** Commands for a shard go into its own log, as its owner's. */
  owns(shard: ShardId): boolean;
  /** Stops in order, as a task does that is told to. */
  stop(): Promise<void>;
  /** How its fold of a shard stands; `undefined` while it has none. */
  standOf(shard: ShardId): Stand | undefined;
  /** What its journal holds of the tape that it publishes now, from the beginning. */
  tapeOf(shard: ShardId): Promise<readonly Outcome[]>;
  /** What it has written down of forks, of all shards. */
  reconciliations(): Promise<readonly Reconciliation[]>;
  /** How it sees a shard, in words, for whoever looks at a run that came to no rest. */
  describe(shard: ShardId): string;
  /** What is left to do, in words: commands queued, transfers in flight, forks not reconciled; nothing once all has come to rest. */
  unfinished(): readonly string[];
}

export interface Stand {
  readonly branch: BranchId;
  readonly seq: Seq;
  readonly provisional: boolean;
  /** The state as it is soon, with its place and digest. */
  read(): Promise<ReadState>;
}

export interface ReadState {
  readonly state: EngineState;
  readonly digest: string;
}

/** Hears what a Region publishes to its clients. */
export interface TapeListener {
  outcome(region: RegionId, outcome: Outcome): void;
  /** What followed after `toSeq` is no longer on its tape. */
  rewound(region: RegionId, shard: ShardId, toSeq: Seq): void;
  /** Everything up to there is final. */
  final(region: RegionId, shard: ShardId, watermark: Watermark): void;
  /** It begins to publish, perhaps after a crash: behind this seq. */
  began(region: RegionId, shard: ShardId, seq: Seq): void;
}
