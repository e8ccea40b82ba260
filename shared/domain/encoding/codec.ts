import { assert, InvariantViolation } from "../invariant.ts";
import { type ByteReader, DecodingError } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

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
      if (!HEX_ID.test(value)) throw new InvariantViolation(`not 32 hex digits: ${value}`);
      for (let at = 0; at < 32; at += 2) w.byte(Number.parseInt(value.slice(at, at + 2), 16));
    },
    read: (r) => {
      let digits = "";
      for (const byte of r.raw(16)) digits += HEX[byte];
      return digits as T;
    },
  };
}
const HEX_ID = /^[0-9a-f]{32}$/;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

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
      const length = r.count();
      return Array.from({ length }, () => element.read(r));
    },
  };
}

export type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** An object: its fields in the order in which they are named here. */
export function struct<T extends object>(fields: Fields<T>): Codec<T> {
  const entries = Object.entries(fields) as [keyof T, Codec<T[keyof T]>][];
  return {
    write: (w, value) => {
      for (const [name, codec] of entries) codec.write(w, value[name]);
    },
    read: (r) => {
      const value: Partial<T> = {};
      for (const [name, codec] of entries) value[name] = codec.read(r);
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
  readonly codec: Codec<object>;
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
      found.codec.write(w, value);
    },
    read: (r) => {
      const found = byTag.get(r.byte());
      if (found === undefined) throw new DecodingError("an unknown kind");
      const value = found.codec.read(r);
      if (!found.isFor(value)) throw new DecodingError(`a ${found.kind} in a form that it does not need`);
      return { kind: found.kind, ...value } as unknown as T;
    },
  };
}

function entryOf(kind: string, { tag, fields }: Form<object>, isFor: Entry["isFor"]): Entry {
  return { kind, tag, codec: struct<object>(fields), isFor };
}
