import type { Side } from "#shared/domain/order.ts";

/** An order as it must rest on the platform if that did what the messages say. */
export interface RestingOrder {
  /** The exchange's number, or the name of a level that row 1 of the book showed. */
  readonly name: string;
  readonly side: Side;
  /** 10,000ths of a dollar. */
  readonly price: number;
  /** Shares ordered (lowered by partial cancels), and shares of them executed. */
  quantity: number;
  executed: number;
}

export function leftOf({ quantity, executed }: RestingOrder): number {
  return quantity - executed;
}
