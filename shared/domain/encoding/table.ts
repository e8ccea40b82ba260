import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { readColumn, writeColumn } from "./column.ts";

/** How many rows a block has: what its columns take in memory stays in the processor's cache. */
export const BLOCK_ROWS = 256;

/**
 * How many things of one kind stand in a snapshot: how many there are as `u`, then blocks of `BLOCK_ROWS` of them (the last may have fewer), each column by column. Whoever writes fills the
 * columns with the numbers of one block after another, and whoever reads is told of each; so neither ever has more than a block of them besides what it makes of it.
 */
export class Table {
  /** The numbers of the present block, by column, then by row. */
  readonly columns: readonly Float64Array[];

  constructor(columns: number) {
    this.columns = Array.from({ length: columns }, () => new Float64Array(BLOCK_ROWS));
  }

  /**
   * `fill` puts the numbers of so many rows from one on into the columns; `finish`, if there is one, writes what these rows have that is no number, behind them.
   */
  write(
    writer: ByteWriter,
    count: number,
    fill: (first: number, rows: number) => void,
    finish?: (first: number, rows: number) => void,
  ): void {
    writer.uint(count);
    for (let first = 0; first < count; first += BLOCK_ROWS) {
      const rows = Math.min(count - first, BLOCK_ROWS);
      fill(first, rows);
      for (const column of this.columns) writeColumn(writer, column, rows);
      finish?.(first, rows);
    }
  }

  /**
   * Reads so many rows, told by block. `take` must read what `finish` wrote. Each row takes a byte at least, since no two are the same: `reader.count()` reads how many there
   * are, and a false count cannot ask for much.
   */
  read(reader: ByteReader, count: number, take: (first: number, rows: number) => void): void {
    for (let first = 0; first < count; first += BLOCK_ROWS) {
      const rows = Math.min(count - first, BLOCK_ROWS);
      for (const column of this.columns) readColumn(reader, column, rows);
      take(first, rows);
    }
  }
}

/**
 * For how many of so many rows room is made before they are read. Nearly always all of them: few take less than eight bytes. A false count cannot ask for much more memory than the bytes
 * themselves have.
 */
export function roomFor(reader: ByteReader, count: number): number {
  return Math.min(count, reader.remaining >>> 3);
}

/** Writes values as a table: by column, what each has there; then, if there is something, what it has that is no number. */
export function writeRows<T>(
  writer: ByteWriter,
  table: Table,
  values: readonly T[],
  numbers: readonly ((value: T) => number)[],
  finish?: (value: T) => void,
): void {
  const fill = (first: number, rows: number) => {
    for (const [at, column] of table.columns.entries()) {
      const numberOf = numbers[at] as (value: T) => number;
      for (let row = 0; row < rows; row++) column[row] = numberOf(values[first + row] as T);
    }
  };
  const rest = (first: number, rows: number) => {
    if (finish !== undefined) values.slice(first, first + rows).forEach(finish);
  };
  table.write(writer, values.length, fill, rest);
}

/** Reads them: each from its row of the columns, and what stands behind their block. */
export function readRows<T>(
  reader: ByteReader,
  table: Table,
  make: (columns: readonly Float64Array[], row: number) => T,
): T[] {
  const values: T[] = [];
  table.read(reader, reader.count(), (_first, rows) => {
    for (let row = 0; row < rows; row++) values.push(make(table.columns, row));
  });
  return values;
}
