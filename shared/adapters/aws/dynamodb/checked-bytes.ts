import { crc32 } from "node:zlib";
import { DamagedItem } from "./dynamo-errors.ts";
import { bytesOf, type Row } from "./row.ts";

/** Bytes as they stand in an item, beside their CRC-32. */
export function withChecksum(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly crc: number } {
  return { bytes, crc: crc32(bytes) };
}

/** The bytes of an item, if they are those that were written. Throws `DamagedItem`, which names them. */
export function checkedBytes(row: Row, what: string): Uint8Array {
  const bytes = bytesOf(row, "bytes");
  if (crc32(bytes) !== row.crc)
    throw new DamagedItem(`The stored data is damaged: ${what} does not have its checksum.`);
  return bytes;
}
