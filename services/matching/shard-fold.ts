import type { TapeRecord } from "#services/replication/tape.ts";
import { ROOT_PLACE } from "#services/replication/tape-plan.ts";
import { commandIdOf } from "#shared/domain/encoding/command-encoding.ts";
import { areOfUndecodable, decodeEvents, encodeOutcomeOf } from "#shared/domain/encoding/outcome-encoding.ts";
import { commandStart } from "#shared/domain/encoding/traced-record.ts";
import type { EncodedEvents, Engine } from "#shared/domain/engine.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { ROOT_BRANCH, type TapePlace } from "#shared/domain/lineage.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import { createEngine, restoreEngine } from "./engine/engine.ts";

/** How many records the engine is told of at a time. */
export const READ_AHEAD = 32;

/** An engine and its place on the tape. */
export class ShardFold {
  readonly shard: ShardId;
  readonly engine: Engine;
  #place: TapePlace;

  private constructor(shard: ShardId, engine: Engine, place: TapePlace) {
    assert(engine.seq === place.seq, `the state of ${shard} is of seq ${place.seq}`);
    this.shard = shard;
    this.engine = engine;
    this.#place = place;
  }

  /** Where every shard begins. */
  static create(shard: ShardId): ShardFold {
    return new ShardFold(shard, createEngine(shard, ROOT_BRANCH), ROOT_PLACE);
  }

  /** As a snapshot left it, whose digest was compared. Throws `DecodingError`, `InvariantViolation` for one that is none. */
  static restore({ shard, branch, seq, position, bytes }: Snapshot): ShardFold {
    return new ShardFold(shard, restoreEngine(bytes), { branch, seq, position });
  }

  get place(): TapePlace {
    return this.#place;
  }

  /** Tells the engine of the next records, from a place in a list on; to be called at every `READ_AHEAD`th of them. */
  expect(records: readonly TapeRecord[], from: number): void {
    const end = Math.min(from + READ_AHEAD, records.length);
    for (let at = from; at < end; at++) {
      const { bytes } = records[at] as TapeRecord;
      this.engine.expect(bytes, commandStart(bytes));
    }
  }

  /** Folds the next record of the tape. */
  take(record: TapeRecord): Outcome {
    const encoded = this.#apply(record);
    return {
      shard: this.shard,
      branch: record.branch,
      seq: record.seq,
      time: this.engine.time,
      commandId: idOf(record, encoded),
      events: decodeEvents(encoded.bytes, encoded.count, encoded.length),
    };
  }

  /** Folds the next record of the tape, and gives the outcome as `encodeOutcome` does: for whoever only sends it on. */
  takeEncoded(record: TapeRecord): Uint8Array {
    const encoded = this.#apply(record);
    const { branch, seq } = record;
    const head = {
      shard: this.shard,
      branch,
      seq,
      time: this.engine.time,
      commandId: idOf(record, encoded),
    };
    return encodeOutcomeOf(head, encoded);
  }

  #apply({ branch, seq, position, bytes }: TapeRecord): EncodedEvents {
    const { engine } = this;
    const events = engine.applyEncoded(bytes, commandStart(bytes));
    assert(engine.seq === seq, `the tape gives seq ${seq} where the fold counts ${engine.seq}`);
    this.#place = { branch, seq, position };
    return events;
  }
}

/** What is no command has no id. */
function idOf({ bytes }: TapeRecord, events: EncodedEvents): CommandId | "" {
  return areOfUndecodable(events) ? "" : commandIdOf(bytes);
}
