import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Dynamo } from "./dynamo.ts";
import { DamagedItem } from "./dynamo-errors.ts";
import { IS_NEW } from "./expressions.ts";
import { pack, unpack } from "./pack.ts";
import { type PartsPlace, readParts, writeParts } from "./parts.ts";
import { numberOf, type Row, sortable } from "./row.ts";

/** How many batches are asked for at once; DynamoDB ends a page at 1 MB anyhow. */
const BATCHES_AT_ONCE = 20;

/** The batches of one Region's tape of a shard: items that are written once and never change. */
export class TapeBatches {
  readonly #dynamo: Dynamo;
  readonly #tape: string;

  constructor(dynamo: Dynamo, region: RegionId, shard: ShardId) {
    this.#dynamo = dynamo;
    this.#tape = `${region}#${shard}`;
  }

  /** The hash key of the tape's list of runs. */
  get headKey(): string {
    return `TAPE#${this.#tape}`;
  }

  /**
   * Writes outcomes that follow each other as the batch of a run that begins with the first. Returns the last seq of the batch that stands there: if
   * one stood there before, another task of the Region wrote it, or an earlier try of this one; it must say the same as far as both go.
   */
  async write(run: number, outcomes: readonly Outcome[]): Promise<number> {
    const [first, last] = [outcomes[0], outcomes.at(-1)];
    assert(first !== undefined && last !== undefined, "a batch holds something");
    const records = outcomes.map(encodeOutcome);
    const parts = await writeParts(this.#dynamo, this.#partsPlace(run, first.seq), await pack(records));
    const row = {
      pk: this.#pk(run),
      sk: batchKey(first.seq),
      firstSeq: first.seq,
      lastSeq: last.seq,
      tape: this.#tape,
      event: eventKey(first),
      ...parts,
    };
    const written = await this.#dynamo.put("journal", row, IS_NEW);
    if (written.ok) return last.seq;
    const { present } = written;
    assert(present !== undefined, "what is not new is there");
    const isOwn = present.crc === parts.crc && present.lastSeq === last.seq;
    if (!isOwn) await this.#assertSame(run, present, records);
    return numberOf(present, "lastSeq");
  }

  /** The last seq of a run's batches; 0 when it has none. */
  async lastSeq(run: number): Promise<number> {
    const [row] = await this.#dynamo.query("journal", {
      hash: ["pk", this.#pk(run)],
      isBackward: true,
      limit: 1,
    });
    return row === undefined ? 0 : numberOf(row, "lastSeq");
  }

  /** Outcomes of a run from `from` to `to`, both inclusive, at most `limit`. All of them are there; throws `DamagedItem` where one is not. */
  async read(run: number, from: number, to: number, limit: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    let next = from;
    while (next <= to && outcomes.length < limit) {
      const rows = await this.#batchesFrom(run, next, to);
      const before = next;
      for (const row of rows) {
        if (outcomes.length >= limit) break;
        for (const outcome of await this.#outcomesOf(run, row)) {
          if (outcome.seq !== next || outcome.seq > to || outcomes.length >= limit) continue;
          outcomes.push(outcome);
          next++;
        }
      }
      if (next === before)
        throw new DamagedItem(
          `The stored data is damaged: seq ${next} of run ${run} of ${this.#tape} is missing.`,
        );
    }
    return outcomes;
  }

  /** The batch that holds a seq, and those behind it. */
  async #batchesFrom(run: number, seq: number, to: number): Promise<Row[]> {
    const hash = ["pk", this.#pk(run)] as const;
    const rows = await this.#dynamo.query("journal", {
      hash,
      range: { name: "sk", from: batchKey(seq), to: batchKey(to) },
      limit: BATCHES_AT_ONCE,
    });
    if (rows[0]?.firstSeq === seq) return rows;
    const before = await this.#dynamo.query("journal", {
      hash,
      range: { name: "sk", to: batchKey(seq) },
      isBackward: true,
      limit: 1,
    });
    return [...before, ...rows];
  }

  async #outcomesOf(run: number, row: Row): Promise<Outcome[]> {
    const firstSeq = numberOf(row, "firstSeq");
    const what = `the batch of seq ${firstSeq} to ${String(row.lastSeq)} of ${this.#tape}`;
    const bytes = await readParts(this.#dynamo, this.#partsPlace(run, firstSeq), row, what);
    return (await unpack(bytes, what)).map(decodeOutcome);
  }

  async #assertSame(run: number, present: Row, records: readonly Uint8Array[]): Promise<void> {
    const there = await this.#outcomesOf(run, present);
    for (const [at, outcome] of there.slice(0, records.length).entries())
      assert(
        Buffer.from(encodeOutcome(outcome)).equals(records[at] ?? new Uint8Array()),
        `seq ${outcome.seq} of ${this.#tape} was written with another content: two tapes under one name`,
      );
  }

  #pk(run: number): string {
    return `TAPE#${this.#tape}#${run}`;
  }

  #partsPlace(run: number, firstSeq: number): PartsPlace {
    return { table: "journal", pk: `PARTS#${this.#tape}#${run}`, prefix: batchKey(firstSeq) };
  }
}

function batchKey(firstSeq: number): string {
  return `BATCH#${sortable(firstSeq)}`;
}

/** `EVT#<ts>#<id>`: the shard's time in epoch ms, and the name of the first event: shard, branch, seq, index. */
function eventKey({ shard, branch, seq, time }: Outcome): string {
  return `EVT#${time}#${shard}.${branch}.${seq}.0`;
}
