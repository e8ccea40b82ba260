import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { LogRecord } from "#shared/ports/command-log.ts";
import type { Dynamo } from "./dynamo.ts";
import { IS_NEW } from "./expressions.ts";
import { pack, unpack } from "./pack.ts";
import { type PartsPlace, readParts, writeParts } from "./parts.ts";
import { numberOf, type Row, sortable } from "./row.ts";

const ITEMS_AT_ONCE = 20;
/** Two tasks that copy one log at the same time, while one replaces the other, leave items that overlap: so far back it is looked for the last of them. */
export const LOOK_BACK = 10;

/**
 * The copy of one log: records in batches under the position of the first, each with the position before it. Batches may overlap where two tasks wrote; what
 * they hold of one position is the same, and is read once.
 */
export class CopiedLog {
  readonly #dynamo: Dynamo;
  readonly #name: string;
  #last = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(dynamo: Dynamo, name: string) {
    this.#dynamo = dynamo;
    this.#name = name;
  }

  static async open(dynamo: Dynamo, shard: ShardId, origin: RegionId): Promise<CopiedLog> {
    const log = new CopiedLog(dynamo, `${shard}#${origin}`);
    await log.look(LOOK_BACK);
    return log;
  }

  /** Looks for what another task wrote, in the last item or in some before it; true if there is some. */
  async look(items = 1): Promise<boolean> {
    const rows = await this.#dynamo.query("copies", {
      hash: ["pk", `COPY#${this.#name}`],
      isBackward: true,
      limit: items,
    });
    const last = Math.max(0, ...rows.map((row) => numberOf(row, "lastPosition")));
    if (last <= this.#last) return false;
    this.#last = last;
    return true;
  }

  /** The last position held; 0 when empty. */
  get last(): number {
    return this.#last;
  }

  append(records: readonly LogRecord[]): Promise<void> {
    const result = this.#turn.then(async () => {
      let rest = records.filter(({ position }) => position > this.#last);
      let before = this.#last;
      for (const { position } of rest) {
        assert(position > before, `copies of a log rise: ${position} is not above ${before}`);
        before = position;
      }
      while (rest.length > 0) {
        const last = await this.#write(rest);
        this.#last = Math.max(this.#last, last);
        rest = rest.filter(({ position }) => position > last);
      }
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async read(after: number, limit: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let position = after;
    let rows = await this.#itemsAround(after);
    while (rows.length > 0 && records.length < limit) {
      for (const row of rows) {
        if (numberOf(row, "lastPosition") <= position) continue;
        for (const record of await this.#recordsOf(row)) {
          if (record.position <= position || records.length >= limit) continue;
          records.push(record);
          position = record.position;
        }
      }
      const behind = numberOf(rows.at(-1) ?? {}, "firstPosition");
      rows = records.length < limit ? await this.#itemsFrom(behind + 1) : [];
    }
    // What another task wrote may be read before it is looked for.
    this.#last = Math.max(this.#last, records.at(-1)?.position ?? 0);
    return records;
  }

  /** The last position of the batch that stands under the first record's. */
  async #write(records: readonly LogRecord[]): Promise<number> {
    const [first, last] = [records[0], records.at(-1)];
    assert(first !== undefined && last !== undefined, "there is something to copy");
    const parts = await writeParts(
      this.#dynamo,
      this.#partsPlace(first.position),
      await pack(records.map(withPosition)),
    );
    const row = {
      pk: `COPY#${this.#name}`,
      sk: batchKey(first.position),
      firstPosition: first.position,
      lastPosition: last.position,
      previous: this.#last,
      ...parts,
    };
    const written = await this.#dynamo.put("copies", row, IS_NEW);
    return written.ok || written.present === undefined
      ? last.position
      : numberOf(written.present, "lastPosition");
  }

  /** The items behind a position, and those before it that may reach over it. */
  async #itemsAround(after: number): Promise<Row[]> {
    const behind = await this.#itemsFrom(after + 1);
    const [next] = behind;
    if (next !== undefined && numberOf(next, "previous") <= after) return behind;
    const before = await this.#dynamo.query("copies", {
      hash: ["pk", `COPY#${this.#name}`],
      range: { name: "sk", to: batchKey(after) },
      isBackward: true,
      limit: LOOK_BACK,
    });
    return [...before.reverse(), ...behind];
  }

  #itemsFrom(position: number): Promise<Row[]> {
    return this.#dynamo.query("copies", {
      hash: ["pk", `COPY#${this.#name}`],
      range: { name: "sk", from: batchKey(position) },
      limit: ITEMS_AT_ONCE,
    });
  }

  async #recordsOf(row: Row): Promise<LogRecord[]> {
    const first = numberOf(row, "firstPosition");
    const what = `the copy of the records at position ${first} to ${String(row.lastPosition)} of ${this.#name}`;
    const bytes = await readParts(this.#dynamo, this.#partsPlace(first), row, what);
    return (await unpack(bytes, what)).map(recordOf);
  }

  #partsPlace(position: number): PartsPlace {
    return { table: "copies", pk: `PARTS#${this.#name}`, prefix: batchKey(position) };
  }
}

function batchKey(position: number): string {
  return `BATCH#${sortable(position)}`;
}

/** The position in 8 bytes, then the record. */
function withPosition({ position, bytes }: LogRecord): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(position));
  return Buffer.concat([head, bytes]);
}

function recordOf(bytes: Uint8Array): LogRecord {
  const position = Number(Buffer.from(bytes.buffer, bytes.byteOffset, 8).readBigUInt64BE());
  return { position, bytes: bytes.subarray(8) };
}
