import type { LinkPart } from "./link-messages.ts";

interface Unfinished {
  readonly pieces: (Uint8Array | undefined)[];
  missing: number;
  bytes: number;
}

/** All unfinished letters together hold no more than this: the oldest are given up first. */
const UNFINISHED_BYTES_MAX = 64 * 1024 * 1024;
const UNFINISHED_MAX = 64;

/** Puts letters together from their parts, which come in any order, twice, or not at all. */
export class Letters {
  readonly #unfinished = new Map<string, Unfinished>();
  #bytes = 0;

  /** A letter's bytes, once its last part has come. */
  take({ from, letter, part, parts, bytes }: LinkPart): Uint8Array | undefined {
    if (parts === 1) return bytes;
    const name = `${from} ${letter} ${parts}`;
    const known = this.#unfinished.get(name) ?? { pieces: new Array(parts), missing: parts, bytes: 0 };
    if (known.pieces[part] !== undefined) return undefined;
    this.#unfinished.set(name, known);
    known.pieces[part] = bytes;
    known.missing--;
    known.bytes += bytes.length;
    this.#bytes += bytes.length;
    if (known.missing === 0) {
      this.#forget(name);
      return Buffer.concat(known.pieces as Uint8Array[]);
    }
    this.#bound();
    return undefined;
  }

  #bound(): void {
    for (const name of [...this.#unfinished.keys()]) {
      if (this.#bytes <= UNFINISHED_BYTES_MAX && this.#unfinished.size <= UNFINISHED_MAX) return;
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    this.#bytes -= this.#unfinished.get(name)?.bytes ?? 0;
    this.#unfinished.delete(name);
  }
}
