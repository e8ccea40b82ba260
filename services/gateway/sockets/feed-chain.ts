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

  /** What was told behind a seq is taken back: the next message follows on it. */
  rewind(room: string, toSeq: number): void {
    const last = this.#last.get(room);
    if (last !== undefined && last > toSeq) this.#last.set(room, toSeq);
  }

  /** Every room that somebody follows. */
  rooms(): readonly string[] {
    return [...this.#last.keys()];
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
