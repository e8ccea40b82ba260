/**
 * The last seq at which each followed feed had a message: the `previousSeq` of the next. A feed that nobody follows is forgotten; when
 * somebody joins, the chain begins at what is folded now, which claims nothing about what was before.
 */
export class FeedChain {
  readonly #last = new Map<string, number>();

  begin(room: string, seq: number): void {
    if (!this.#last.has(room)) this.#last.set(room, seq);
  }

  forget(room: string): void {
    this.#last.delete(room);
  }

  isFollowed(room: string): boolean {
    return this.#last.has(room);
  }

  previous(room: string): number | null {
    return this.#last.get(room) ?? null;
  }

  advance(room: string, seq: number): void {
    this.#last.set(room, seq);
  }
}
