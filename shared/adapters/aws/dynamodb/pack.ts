import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { DamagedItem } from "./dynamo-errors.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Records in one compressed run of bytes: each behind its length (4 bytes, big-endian), all through Zstandard. */
export async function pack(records: readonly Uint8Array[]): Promise<Uint8Array> {
  const size = records.reduce((sum, record) => sum + 4 + record.length, 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const record of records) {
    at = bytes.writeUInt32BE(record.length, at);
    bytes.set(record, at);
    at += record.length;
  }
  return compress(bytes);
}

/** The records of `pack`. Throws `DamagedItem` for anything else. */
export async function unpack(packed: Uint8Array, what: string): Promise<Uint8Array[]> {
  const bytes = await decompressed(packed, what);
  const records: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 4 + (at + 4 <= bytes.length ? bytes.readUInt32BE(at) : bytes.length);
    if (end > bytes.length) throw new DamagedItem(`The stored data is damaged: ${what} ends too soon.`);
    records.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return records;
}

async function decompressed(packed: Uint8Array, what: string): Promise<Buffer> {
  try {
    return await decompress(packed);
  } catch {
    throw new DamagedItem(`The stored data is damaged: ${what} cannot be unpacked.`);
  }
}
