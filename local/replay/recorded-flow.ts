import type { Side } from "#shared/domain/order.ts";
import type { BookRow, Level } from "./lobster-book.ts";
import { isBetter } from "./lobster-book.ts";
import type { LobsterMessage, MessageKind } from "./lobster-message.ts";
import { MirrorBook } from "./mirror-book.ts";
import { lineError } from "./replay-error.ts";
import { leftOf, type RestingOrder } from "./resting-order.ts";

/** What is asked of the platform, in order. Quantities in shares, prices in 10,000ths of a dollar. */
export type Step =
  | { readonly kind: "place"; readonly order: RestingOrder; readonly quantity: number }
  /** Lowers the order's quantity (what was executed included) to this; it keeps its place. */
  | { readonly kind: "amend"; readonly order: RestingOrder; readonly quantity: number }
  | { readonly kind: "cancel"; readonly order: RestingOrder }
  /** A taker that takes this much of exactly this order. */
  | { readonly kind: "execute"; readonly order: RestingOrder; readonly quantity: number };

/** By how much a message changes the recorded book at a price beyond what its steps change on the platform. */
export interface Unmatched {
  readonly side: Side;
  readonly price: number;
  readonly quantity: number;
  /** Shares of it that belong to an order numbered before the first one placed, so older than the recording. */
  readonly older: number;
}

export interface Effect {
  readonly steps: readonly Step[];
  readonly unmatched: readonly Unmatched[];
}

/** What the messages were about. */
export interface FlowCounts {
  readonly kinds: Record<MessageKind, number>;
  /** Messages that name an order from before the recording (or placed out of its sight) … */
  olderOrders: number;
  /** … those of them whose number is lower than that of the first order placed (numbers rise through the day) … */
  olderNumbers: number;
  /** … and those that a level of row 1 covered, in full. */
  olderOrdersSeeded: number;
  /** Orders that stood in the way of what was recorded, so had left unseen: canceled. */
  goneUnseen: number;
}

/**
 * Turns recorded messages into orders and cancels, and knows what the platform must hold then. Orders from before the first message are known by
 * their levels in row 1 only: one order a level stands for them, first in its queue as they were, and messages that name an unknown order
 * take from it.
 */
export class RecordedFlow {
  readonly book = new MirrorBook();
  readonly counts: FlowCounts = {
    kinds: {
      new: 0,
      "partial-cancel": 0,
      delete: 0,
      execution: 0,
      "hidden-execution": 0,
      cross: 0,
      halt: 0,
    },
    olderOrders: 0,
    olderNumbers: 0,
    olderOrdersSeeded: 0,
    goneUnseen: 0,
  };
  readonly #file: string;
  #firstNumber: bigint | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** The book before the first message, from the row after it. */
  seed(row: BookRow, first: LobsterMessage): Step[] {
    return (["BUY", "SELL"] as const).flatMap((side) =>
      before(row[side], side, first).map(({ price, quantity }) =>
        this.#place({ name: levelName(side, price), side, price, quantity, executed: 0 }),
      ),
    );
  }

  /** Throws `ReplayError` for a message that contradicts those before it. */
  next(message: LobsterMessage): Effect {
    this.counts.kinds[message.kind]++;
    switch (message.kind) {
      case "new":
        return this.#new(message);
      case "partial-cancel":
      case "delete":
      case "execution":
        return this.#less(message);
      default:
        // What was never displayed leaves the displayed book as it is.
        return { steps: [], unmatched: [] };
    }
  }

  #new({ line, order: name, side, price, size }: LobsterMessage): Effect {
    if (this.book.find(name) !== undefined) {
      throw lineError(this.#file, line, `order ${name} was placed before and is still open.`);
    }
    // A recorded order rests; so whatever it would trade with had gone, at levels of which nothing is recorded.
    this.#firstNumber ??= BigInt(name);
    const gone = this.#cancelGone(this.book.crossedBy(side, price));
    const place = this.#place({ name, side, price, quantity: size, executed: 0 });
    return { steps: [...gone.steps, place], unmatched: gone.unmatched };
  }

  /** A cancel or an execution of an order, known or from before the recording. */
  #less({ line, kind, order: name, side, price, size }: LobsterMessage): Effect {
    const known = this.book.find(name);
    if (known !== undefined && (known.side !== side || known.price !== price || leftOf(known) < size)) {
      const left = `${leftOf(known)} at ${known.price} (${known.side}) of it are left`;
      throw lineError(
        this.#file,
        line,
        `takes ${size} at ${price} (${side}) from order ${name}, but ${left}.`,
      );
    }
    const order = known ?? this.book.find(levelName(side, price));
    const quantity = Math.min(size, order === undefined ? 0 : leftOf(order));
    const isOlder =
      known === undefined && (this.#firstNumber === undefined || BigInt(name) < this.#firstNumber);
    if (known === undefined) {
      this.counts.olderOrders++;
      if (isOlder) this.counts.olderNumbers++;
      if (quantity === size) this.counts.olderOrdersSeeded++;
    }
    const missing = size - quantity;
    const rest = missing === 0 ? [] : [{ side, price, quantity: -missing, older: isOlder ? missing : 0 }];
    if (order === undefined) return { steps: [], unmatched: rest };
    if (kind !== "execution") return { steps: [this.#reduce(order, quantity)], unmatched: rest };
    // The best price and the first in its queue trade first; so whatever stood before the executed order had gone unseen.
    const gone = this.#cancelGone(this.book.ahead(order));
    return {
      steps: [...gone.steps, this.#execute(order, quantity)],
      unmatched: [...gone.unmatched, ...rest],
    };
  }

  #place(order: RestingOrder): Step {
    this.book.add(order);
    return { kind: "place", order, quantity: order.quantity };
  }

  #reduce(order: RestingOrder, quantity: number): Step {
    if (quantity === leftOf(order)) {
      this.book.remove(order);
      return { kind: "cancel", order };
    }
    order.quantity -= quantity;
    return { kind: "amend", order, quantity: order.quantity };
  }

  #execute(order: RestingOrder, quantity: number): Step {
    order.executed += quantity;
    if (leftOf(order) === 0) this.book.remove(order);
    return { kind: "execute", order, quantity };
  }

  #cancelGone(orders: readonly RestingOrder[]): Effect {
    this.counts.goneUnseen += orders.length;
    const unmatched = orders.map((order) => ({
      side: order.side,
      price: order.price,
      quantity: leftOf(order),
      older: 0,
    }));
    const steps = orders.map((order): Step => {
      this.book.remove(order);
      return { kind: "cancel", order };
    });
    return { steps, unmatched };
  }
}

function levelName(side: Side, price: number): string {
  return `${side} ${price}`;
}

/** The levels of a side before the message that they are the state after. */
function before(
  levels: readonly Level[],
  side: Side,
  { kind, side: messageSide, price, size }: LobsterMessage,
): Level[] {
  const isChange = kind === "new" || kind === "partial-cancel" || kind === "delete" || kind === "execution";
  if (!isChange || side !== messageSide) return [...levels];
  const change = kind === "new" ? -size : size;
  const others = levels.filter((level) => level.price !== price);
  const quantity = (levels.find((level) => level.price === price)?.quantity ?? 0) + change;
  if (quantity <= 0) return others;
  return [...others, { price, quantity }].sort((a, b) => (isBetter(side, a.price, b.price) ? -1 : 1));
}
