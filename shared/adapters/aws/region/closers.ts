/** What was opened, closed together: the last first. */
export class Closers {
  readonly #closers: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  async opened<T extends { close(): unknown }>(opening: T | Promise<T>): Promise<T> {
    const store = await opening;
    this.add(() => store.close());
    return store;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  /** The result, or nothing is left open. */
  async orClosed<T>(open: () => Promise<T>): Promise<T> {
    try {
      return await open();
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}
