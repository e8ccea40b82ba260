import { ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { assert } from "#shared/domain/invariant.ts";

/** What messages between processes are made of: plain data, with bytes as bytes. */
export type WireValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly WireValue[]
  | { readonly [name: string]: WireValue };

const TAGS = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  uint: 4,
  negative: 5,
  double: 6,
  text: 7,
  bytes: 8,
  list: 9,
  object: 10,
} as const;
const DEPTH_MAX = 32;
/** It would change what an object is, not what it holds. */
const FORBIDDEN_NAME = "__proto__";

/** A value as bytes. Throws `InvariantViolation` for what is no plain data. */
export function encodeValue(value: unknown): Uint8Array {
  const writer = new ByteWriter(512);
  write(writer, value, 0);
  return writer.finish();
}

/** What `encodeValue` wrote; bytes are views. Throws `DecodingError` for anything else, having made nothing larger than the bytes. */
export function decodeValue(bytes: Uint8Array): WireValue {
  const reader = new ByteReader(bytes);
  const value = read(reader, 0);
  reader.end();
  return value;
}

function write(writer: ByteWriter, value: unknown, depth: number): void {
  assert(depth <= DEPTH_MAX, "a message is nested too deep");
  if (value === undefined) writer.byte(TAGS.undefined);
  else if (value === null) writer.byte(TAGS.null);
  else if (typeof value === "boolean") writer.byte(value ? TAGS.true : TAGS.false);
  else if (typeof value === "number") writeNumber(writer, value);
  else if (typeof value === "string") {
    writer.byte(TAGS.text);
    writer.text(value);
  } else if (value instanceof Uint8Array) {
    writer.byte(TAGS.bytes);
    writer.uint(value.length);
    writer.raw(value);
  } else if (Array.isArray(value)) {
    writer.byte(TAGS.list);
    writer.uint(value.length);
    for (const each of value) write(writer, each, depth + 1);
  } else {
    assert(typeof value === "object", `a message holds plain data, not a ${typeof value}`);
    const entries = Object.entries(value);
    writer.byte(TAGS.object);
    writer.uint(entries.length);
    for (const [name, each] of entries) {
      writer.text(name);
      write(writer, each, depth + 1);
    }
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writer.byte(value >= 0 ? TAGS.uint : TAGS.negative);
    writer.uint(Math.abs(value));
    return;
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  writer.byte(TAGS.double);
  writer.raw(bytes);
}

function read(reader: ByteReader, depth: number): WireValue {
  if (depth > DEPTH_MAX) throw new DecodingError("a message is nested too deep");
  const tag = reader.byte();
  switch (tag) {
    case TAGS.undefined:
      return undefined;
    case TAGS.null:
      return null;
    case TAGS.false:
      return false;
    case TAGS.true:
      return true;
    case TAGS.uint:
      return reader.uint();
    case TAGS.negative:
      return -reader.uint();
    case TAGS.double: {
      const bytes = reader.raw(8);
      return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
    }
    case TAGS.text:
      return reader.text();
    case TAGS.bytes:
      return reader.raw(reader.uint());
    case TAGS.list: {
      const length = lengthOf(reader);
      return Array.from({ length }, () => read(reader, depth + 1));
    }
    case TAGS.object:
      return readObject(reader, depth);
    default:
      throw new DecodingError(`an unknown tag ${tag}`);
  }
}

function readObject(reader: ByteReader, depth: number): WireValue {
  const value: Record<string, WireValue> = {};
  for (let left = lengthOf(reader); left > 0; left--) {
    const name = reader.text();
    if (name === FORBIDDEN_NAME || Object.hasOwn(value, name))
      throw new DecodingError("an object has a name that it may not have");
    value[name] = read(reader, depth + 1);
  }
  return value;
}

/** Each element takes at least one byte, so a false length cannot ask for much memory. */
function lengthOf(reader: ByteReader): number {
  const length = reader.uint();
  if (length > reader.remaining) throw new DecodingError("a list is longer than the bytes");
  return length;
}
