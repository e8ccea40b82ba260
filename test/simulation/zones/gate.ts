/** What lets things into a process: while it stands still (no processor, a long pause of its memory) they wait, and then all come at once, in order. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  #stops = 0;

  pass(task: () => void): void {
    if (this.#stops > 0) this.#waiting.push(task);
    else task();
  }

  stop(): void {
    this.#stops++;
  }

  goOn(): void {
    this.#stops--;
    while (this.#stops === 0) {
      const task = this.#waiting.shift();
      if (task === undefined) return;
      task();
    }
  }
}
