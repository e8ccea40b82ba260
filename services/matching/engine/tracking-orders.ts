/**
 * The trailing orders of one side of a market that track the price. Each order's extreme is part of the state, so a new extreme costs as much as
 * there are orders behind it; a price that moves no extreme and sets nothing off costs two comparisons.
 */
export class TrackingOrders {
  readonly #orders = new Set<number>();
  /** Bounds outside of which a price may change something; both are narrower than they need be at times, never wider. */
  low = Number.POSITIVE_INFINITY;
  high = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.#orders.size;
  }

  add(order: number): void {
    this.#orders.add(order);
    this.reset();
  }

  delete(order: number): void {
    this.#orders.delete(order);
  }

  values(): Iterable<number> {
    return this.#orders;
  }

  /** True if a trade at this price may move an extreme or set something off. */
  concerns(price: number): boolean {
    return this.#orders.size > 0 && (price <= this.low || price >= this.high);
  }

  /** Makes every price one of concern, until `narrow`. */
  reset(): void {
    this.low = Number.POSITIVE_INFINITY;
    this.high = Number.NEGATIVE_INFINITY;
  }

  /** No price strictly between these two changes anything. */
  narrow(low: number, high: number): void {
    this.low = low;
    this.high = high;
  }
}
