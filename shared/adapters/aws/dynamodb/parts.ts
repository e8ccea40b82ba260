import { crc32 } from "node:zlib";
import type { Dynamo } from "./dynamo.ts";
import { DamagedItem } from "./dynamo-errors.ts";
import { bytesOf, numberOf, type Row, sortable } from "./row.ts";
import type { TableName } from "./tables.ts";

/** An item holds 400 kB, its names and keys included (Service quotas); this leaves them room. */
export const PART_BYTES_MAX = 350_000;

/** Where the further parts of bytes go that do not fit into one item: a hash key of their own, and what their range keys begin with. */
export interface PartsPlace {
  readonly table: TableName;
  readonly pk: string;
  readonly prefix: string;
}

/**
 * Bytes of any length beside their CRC-32, as attributes of an item (`bytes`, `crc`, `parts`). What does not fit into it is written first, under the
 * checksum of the whole, so that two writers of different content never mix theirs. The item itself makes them count.
 */
export async function writeParts(dynamo: Dynamo, place: PartsPlace, bytes: Uint8Array) {
  const crc = crc32(bytes);
  const parts = Math.max(1, Math.ceil(bytes.length / PART_BYTES_MAX));
  const rows: Row[] = [];
  for (let part = 1; part < parts; part++)
    rows.push({
      ...partKey(place, crc, part),
      bytes: bytes.subarray(part * PART_BYTES_MAX, (part + 1) * PART_BYTES_MAX),
    });
  // One request each: 25 of them would be more than the 16 MB that a batch may have.
  for (const row of rows) await dynamo.put(place.table, row);
  return { bytes: bytes.subarray(0, PART_BYTES_MAX), crc, parts };
}

/** The bytes of an item and its further parts, if they are those that were written. Throws `DamagedItem`. */
export async function readParts(
  dynamo: Dynamo,
  place: PartsPlace,
  head: Row,
  what: string,
): Promise<Uint8Array> {
  const bytes = await readPartsUnchecked(dynamo, place, head);
  if (crc32(bytes) !== head.crc)
    throw new DamagedItem(`The stored data is damaged: ${what} does not have its checksum.`);
  return bytes;
}

/** The same, whatever they are: for whoever has a digest of its own. */
export async function readPartsUnchecked(dynamo: Dynamo, place: PartsPlace, head: Row): Promise<Uint8Array> {
  const parts = numberOf(head, "parts");
  const first = bytesOf(head, "bytes");
  if (parts === 1) return first;
  const crc = numberOf(head, "crc");
  const rows = await dynamo.query(place.table, {
    hash: ["pk", place.pk],
    range: { name: "sk", from: partKey(place, crc, 1).sk, to: partKey(place, crc, parts - 1).sk },
    limit: parts - 1,
  });
  return Buffer.concat([first, ...rows.map((row) => bytesOf(row, "bytes"))]);
}

/** Keys of the further parts of an item. */
export function partKeysOf(place: PartsPlace, head: Row): Row[] {
  const [parts, crc] = [numberOf(head, "parts"), numberOf(head, "crc")];
  return Array.from({ length: parts - 1 }, (_, at) => partKey(place, crc, at + 1));
}

function partKey({ pk, prefix }: PartsPlace, crc: number, part: number) {
  return { pk, sk: `${prefix}#${crc}#${sortable(part)}` };
}
