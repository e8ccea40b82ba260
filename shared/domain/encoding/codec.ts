import { assert, InvariantViolation } from "../invariant.ts";
import { type ByteReader, DecodingError } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { hexIdAt } from "./hex-id.ts";

/** How one type stands in bytes. Encodings are built from the few combinators below, so that both directions agree by construction. */
export interface Codec<T> {
  write(writer: ByteWriter, value: T): void;
  read(reader: ByteReader): T;
}

/** A non-negative safe integer, possibly branded. */
export function uint<T extends number = number>(): Codec<T> {
  return { write: (w, value) => w.uint(value), read: (r) => r.uint() as T };
}

/** A text, possibly branded. */
export function text<T extends string = string>(): Codec<T> {
  return { write: (w, value) => w.text(value), read: (r) => r.text() as T };
}

export const bool: Codec<boolean> = {
  write: (w, value) => w.byte(value ? 1 : 0),
  read: (r) => {
    const byte = r.byte();
    if (byte > 1) throw new DecodingError(`not a boolean: ${byte}`);
    return byte === 1;
  },
};

/** One of a fixed list of words, by its place in it. New words are only ever added at the end. */
export function oneOf<const T extends readonly string[]>(words: T): Codec<T[number]> {
  return {
    write: (w, value) => {
      const index = words.indexOf(value);
      // The message is made only where it is needed: this stands in every word of every record.
      if (index < 0) throw new InvariantViolation(`not one of ${words.join(", ")}: ${value}`);
      w.byte(index);
    },
    read: (r) => {
      const word = words[r.byte()];
      if (word === undefined) throw new DecodingError("an unknown word");
      return word;
    },
  };
}

/** An id of 32 lower-case hex digits as 16 bytes. */
export function hexId<T extends string = string>(): Codec<T> {
  return {
    write: (w, value) => {
      let isHex = value.length === 32;
      for (let at = 0; isHex && at < 32; at += 2) {
        const byte = (digitOf(value.charCodeAt(at)) << 4) | digitOf(value.charCodeAt(at + 1));
        isHex = byte >= 0;
        w.byte(byte & 0xff);
      }
      // The message is made only where it is needed: this stands in every record.
      if (!isHex) throw new InvariantViolation(`not 32 hex digits: ${value}`);
    },
    read: (r) => {
      const start = r.skip(16);
      return hexIdAt(r.bytes, start) as T;
    },
  };
}

/** Of the code of a lower-case hex digit; negative for any other. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

/** As {@link list}, of at most so many elements: longer ones are neither written nor read. */
export function listUpTo<T>(most: number, element: Codec<T>): Codec<readonly T[]> {
  const any = list(element);
  return {
    write: (w, values) => {
      assert(values.length <= most, `${values.length} are more than ${most}`);
      any.write(w, values);
    },
    read: (r) => {
      const values = any.read(r);
      if (values.length > most) throw new DecodingError(`a list of more than ${most}`);
      return values;
    },
  };
}

/** A list with its length before it. Each element takes at least one byte, so a false length cannot ask for much memory. */
export function list<T>(element: Codec<T>): Codec<readonly T[]> {
  return {
    write: (w, values) => {
      w.uint(values.length);
      for (const value of values) element.write(w, value);
    },
    read: (r) => {
      const values: T[] = [];
      for (let left = r.count(); left > 0; left--) values.push(element.read(r));
      return values;
    },
  };
}

export type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** An object: its fields in the order in which they are named here. */
export function struct<T extends object>(fields: Fields<T>): Codec<T> {
  const { write, readInto } = fieldsOf(fields);
  return { write, read: (r) => readInto({}, r) };
}

/** The fields of an object, which are read into one that may have others already. */
function fieldsOf<T extends object>(fields: Fields<T>) {
  const names = Object.keys(fields) as (keyof T)[];
  const codecs = names.map((name) => fields[name] as Codec<T[keyof T]>);
  const count = names.length;
  return {
    write: (w: ByteWriter, value: T): void => {
      for (let at = 0; at < count; at++)
        (codecs[at] as Codec<T[keyof T]>).write(w, value[names[at] as keyof T]);
    },
    readInto: (value: Partial<T>, r: ByteReader): T => {
      for (let at = 0; at < count; at++)
        value[names[at] as keyof T] = (codecs[at] as Codec<T[keyof T]>).read(r);
      return value as T;
    },
  };
}

type Kinded = { readonly kind: string };
interface Form<T> {
  readonly tag: number;
  readonly fields: Fields<T>;
}
type Case<T> = Form<T> & {
  /**
   * A later form under a tag of its own, for the values that the first form cannot hold. All others keep the first, so that what was ever
   * written is still written the same, and every value has one encoding.
   */
  readonly later?: Form<T> & { readonly isFor: (value: T) => boolean };
};
export type Cases<T extends Kinded> = {
  readonly [K in T["kind"]]: Case<Omit<Extract<T, { kind: K }>, "kind">>;
};

interface Entry {
  readonly kind: string;
  readonly tag: number;
  readonly fields: ReturnType<typeof fieldsOf<object>>;
  readonly isFor: (value: object) => boolean;
}

/** A discriminated union: one tag byte, then the fields of its kind. Tags are never reused. */
export function union<T extends Kinded>(cases: Cases<T>): Codec<T> {
  const byKind = new Map<string, readonly Entry[]>();
  const byTag = new Map<number, Entry>();
  for (const [kind, { later, ...first }] of Object.entries(cases) as [string, Case<object>][]) {
    const isLater = (value: object) => later?.isFor(value) === true;
    const entries = [entryOf(kind, first, (value) => !isLater(value))];
    if (later !== undefined) entries.push(entryOf(kind, later, isLater));
    for (const entry of entries) {
      assert(!byTag.has(entry.tag), `tag ${entry.tag} is used twice`);
      byTag.set(entry.tag, entry);
    }
    byKind.set(kind, entries);
  }
  return {
    write: (w, value) => {
      const found = byKind.get(value.kind)?.find(({ isFor }) => isFor(value));
      if (found === undefined) throw new InvariantViolation(`no encoding for ${value.kind}`);
      w.byte(found.tag);
      found.fields.write(w, value);
    },
    read: (r) => {
      const found = byTag.get(r.byte());
      if (found === undefined) throw new DecodingError("an unknown kind");
      const value = found.fields.readInto({ kind: found.kind } as object, r);
      if (!found.isFor(value)) throw new DecodingError(`a ${found.kind} in a form that it does not need`);
      return value as T;
    },
  };
}

function entryOf(kind: string, { tag, fields }: Form<object>, isFor: Entry["isFor"]): Entry {
  return { kind, tag, fields: fieldsOf(fields), isFor };
}
