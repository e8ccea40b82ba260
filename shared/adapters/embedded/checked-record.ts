import { crc32 } from "node:zlib";
import { DamagedData } from "./storage-errors.ts";

/** A record as it stands in a table: its bytes and their CRC-32. SQLite checks the structure of a file, not what is in its records. */
export interface CheckedRecord {
  readonly bytes: Uint8Array;
  readonly crc: number;
}

/** What is stored beside a record. */
export function checksumOf(bytes: Uint8Array): number {
  return crc32(bytes);
}

/** The bytes of a record, if they are those that were written. Throws `DamagedData`, which names the file and the record. */
export function checkedBytes({ bytes, crc }: CheckedRecord, file: string, record: string): Uint8Array {
  if (crc32(bytes) !== crc)
    throw new DamagedData(`The data file ${file} is damaged: ${record} does not have its checksum.`);
  return bytes;
}
