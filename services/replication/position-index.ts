/** A stretch where position and seq rise together. */
interface Stretch {
  position: number;
  seq: number;
  count: number;
}

/** Which seq each position of a log was given: little memory where positions have no gaps. */
export class PositionIndex {
  readonly #stretches: Stretch[] = [];

  /** Both must rise from call to call. */
  note(position: number, seq: number): void {
    const last = this.#stretches.at(-1);
    if (last !== undefined && position === last.position + last.count && seq === last.seq + last.count)
      last.count++;
    else this.#stretches.push({ position, seq, count: 1 });
  }

  /** The highest seq noted whose record stands at or before the position; `undefined` if none does. */
  seqAt(position: number): number | undefined {
    for (let at = this.#stretches.length - 1; at >= 0; at--) {
      const stretch = this.#stretches[at];
      if (stretch === undefined || stretch.position > position) continue;
      return stretch.seq + Math.min(position - stretch.position, stretch.count - 1);
    }
    return undefined;
  }

  /** Forgets what is only needed for positions before this one. */
  forgetBefore(position: number): void {
    while ((this.#stretches[1]?.position ?? Number.POSITIVE_INFINITY) <= position) this.#stretches.shift();
  }

  clear(): void {
    this.#stretches.length = 0;
  }
}
