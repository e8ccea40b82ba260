import { crc32 } from "node:zlib";
import { ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";

/** What one flush of a writer puts into the stream as one Kinesis record: docs/protocol/aggregates.md. */
export interface Aggregate {
  /** Who wrote it: 16 random bytes of a writer's life. */
  readonly writer: Uint8Array;
  /** The writer's 1st, 2nd, … flush. A record that is put again carries the same number. */
  readonly flush: number;
  /** Encoded commands, in order; none in a barrier. */
  readonly commands: readonly Uint8Array[];
}

/** Bytes that are no aggregate: they consume one place of the log. The only errors that decoding throws are this one and `UnsupportedAggregate`. */
export class UndecodableAggregate extends Error {
  override readonly name = "UndecodableAggregate";
}

/** Whole and sound, but of a version that this program does not know: it cannot tell how many places it takes, so reading must stop. */
export class UnsupportedAggregate extends OperatingError {
  override readonly name = "UnsupportedAggregate";
}

export const WRITER_ID_BYTES = 16;

/** "MLOG" */
const MAGIC = Uint8Array.of(0x4d, 0x4c, 0x4f, 0x47);
const VERSION = 1;
const CHECKSUM_BYTES = 4;
/** Magic, version, writer, the largest flush and count, checksum. */
const FRAME_BYTES_MAX = MAGIC.length + 1 + WRITER_ID_BYTES + 8 + 8 + CHECKSUM_BYTES;
const LENGTH_BYTES_MAX = 4;

/** At most so many bytes does an aggregate of commands of this many bytes in all take. */
export function aggregateBytesMax(commands: number, commandBytes: number): number {
  return FRAME_BYTES_MAX + commands * LENGTH_BYTES_MAX + commandBytes;
}

export function encodeAggregate({ writer, flush, commands }: Aggregate): Uint8Array {
  const bytes = commands.reduce((sum, command) => sum + command.length, 0);
  const out = new ByteWriter(aggregateBytesMax(commands.length, bytes));
  out.raw(MAGIC);
  out.byte(VERSION);
  out.raw(writer);
  out.uint(flush);
  out.uint(commands.length);
  for (const command of commands) {
    out.uint(command.length);
    out.raw(command);
  }
  // Last in every version: a version is believed only of bytes that are sound.
  const checksum = crc32(out.finish());
  for (let shift = 0; shift < 32; shift += 8) out.byte((checksum >>> shift) & 0xff);
  return out.finish();
}

/** Throws `UndecodableAggregate`, `UnsupportedAggregate`, and nothing else. */
export function decodeAggregate(bytes: Uint8Array): Aggregate {
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < MAGIC.length + 1 || MAGIC.some((byte, at) => bytes[at] !== byte))
    throw new UndecodableAggregate("it does not begin as an aggregate");
  const checksum = new DataView(bytes.buffer, bytes.byteOffset + end).getUint32(0, true);
  const content = bytes.subarray(0, end);
  if (crc32(content) !== checksum) throw new UndecodableAggregate("it does not have its checksum");
  const version = content[MAGIC.length];
  if (version !== VERSION)
    throw new UnsupportedAggregate(
      `The log holds a record of version ${version}; this program knows ${VERSION}.`,
    );
  try {
    return decodeContent(new ByteReader(content.subarray(MAGIC.length + 1)));
  } catch (error) {
    if (error instanceof DecodingError) throw new UndecodableAggregate(error.message);
    throw error;
  }
}

function decodeContent(reader: ByteReader): Aggregate {
  const writer = reader.raw(WRITER_ID_BYTES);
  const flush = reader.uint();
  const count = reader.count();
  const commands = Array.from({ length: count }, () => reader.raw(reader.uint()));
  reader.end();
  return { writer, flush, commands };
}
