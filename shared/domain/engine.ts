import type { CommandEnvelope } from "./command.ts";
import type { EngineState, ForkState, TransferState } from "./engine-state.ts";
import type { Event } from "./event.ts";
import type { BranchId, Seq } from "./ids.ts";

/**
 * The fold: pure, synchronous, no clock, no randomness, no I/O. The fast engine and the naive one both implement it and
 * must agree on every event and every digest.
 */
export interface Fold {
  /** The number of the last command folded; 0 at the start. */
  readonly seq: Seq;
  /** The shard's time, epoch ms; 0 before the first tick. */
  readonly time: number;
  /** Folds the next command; `null` stands for bytes that do not decode. Throws only `InvariantViolation`. */
  apply(envelope: CommandEnvelope | null): readonly Event[];
  /** The logical state, in its canonical order. */
  state(): EngineState;
  /** The state as bytes: equal states give equal bytes. */
  snapshot(): Uint8Array;
  /** A hash of the state, 16 hex digits: equal at equal seq on every replica. */
  digest(): string;
}

/** The fold of production: it also takes commands as they stand in the log. */
export interface Engine extends Fold {
  /** The branch that it folds now: a BranchStarted changes it. */
  readonly branch: BranchId;
  readonly epoch: number;
  /** True in a fork. */
  readonly provisional: boolean;
  /** True behind EpochEnded and ForkSealed. */
  readonly ended: boolean;
  /** What is in flight to other shards, by transfer id. */
  transfers(): readonly TransferState[];
  /** How far a fork's replay has come; cursor 0 for one that was never heard of. */
  fork(id: BranchId): ForkState;
  /**
   * Tells of a record that will be folded soon, at `start` … `end` of bytes that stay as they are until then: for whoever has several at hand, before the first of them (up to 32; more are passed
   * over). They are read together, which is faster than one after the other. It changes nothing, and what was told of need not come.
   */
  expect(bytes: Uint8Array, start?: number, end?: number): void;
  /** Folds the next record of the log, which stands at `start` … `end` of `bytes`, whatever it is. Throws only `InvariantViolation`. */
  applyEncoded(bytes: Uint8Array, start?: number, end?: number): EncodedEvents;
  /** The digest as the two 32-bit words that `digest()` writes in hex: for whoever compares it after every command, without making a text each time. */
  writeDigest(lanes: Int32Array): void;
}

/** The events of one command in their encoding, one after the other: valid until the next command. */
export interface EncodedEvents {
  readonly bytes: Uint8Array;
  /** How many of the bytes they take. */
  readonly length: number;
  readonly count: number;
}
