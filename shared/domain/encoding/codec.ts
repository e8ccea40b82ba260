import { assert } from "../invariant.ts";
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
      assert(index >= 0, `not one of ${words.join(", ")}: ${value}`);
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
      assert(HEX_ID.test(value), `not 32 hex digits: ${value}`);
      for (let at = 0; at < 32; at += 2) w.byte(Number.parseInt(value.slice(at, at + 2), 16));
    },
    read: (r) => {
      let digits = "";
      for (const byte of r.raw(16)) digits += byte.toString(16).padStart(2, "0");
      return digits as T;
    },
  };
}
const HEX_ID = /^[0-9a-f]{32}$/;

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

type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

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
type Cases<T extends Kinded> = {
  readonly [K in T["kind"]]: {
    readonly tag: number;
    readonly fields: Fields<Omit<Extract<T, { kind: K }>, "kind">>;
  };
};

/** A discriminated union: one tag byte, then the fields of its kind. Tags are never reused. */
export function union<T extends Kinded>(cases: Cases<T>): Codec<T> {
  const byKind = new Map<string, { tag: number; codec: Codec<object> }>();
  const byTag = new Map<number, { kind: string; codec: Codec<object> }>();
  for (const [kind, { tag, fields }] of Object.entries(cases) as [
    string,
    { tag: number; fields: Fields<object> },
  ][]) {
    assert(!byTag.has(tag), `tag ${tag} is used twice`);
    const codec = struct<object>(fields);
    byKind.set(kind, { tag, codec });
    byTag.set(tag, { kind, codec });
  }
  return {
    write: (w, value) => {
      const found = byKind.get(value.kind);
      assert(found !== undefined, `no encoding for ${value.kind}`);
      w.byte(found.tag);
      found.codec.write(w, value);
    },
    read: (r) => {
      const found = byTag.get(r.byte());
      if (found === undefined) throw new DecodingError("an unknown kind");
      return { kind: found.kind, ...found.codec.read(r) } as unknown as T;
    },
  };
}
