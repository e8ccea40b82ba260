import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import type { BusHandler, Delivery } from "#shared/ports/event-bus.ts";
import { type BusMessage, decodeBusMessage } from "#shared/protocol/bus/bus-message.ts";

/** A message as a queue gives it. */
export interface RawDelivery {
  readonly text: string;
  /** Which delivery of it this is: 1 is the first. */
  readonly receives: number;
}

export interface DeliverOptions {
  /** Deliveries before the dead-letter queue. */
  readonly receivesMax: number;
  /** Told of what a handler threw. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Hands a batch from a queue to a handler, and returns what of it is done with. What does not decode has failed; so has whatever stands behind a failed message of its topic's group, for it must not overtake it. Behind a message that was delivered for
 * the last time the group goes on: otherwise those behind it, which were received as often, would end in the dead-letter queue with it.
 */
export async function deliver<Raw extends RawDelivery>(
  batch: readonly Raw[],
  handle: BusHandler,
  { receivesMax, onError = () => {} }: DeliverOptions,
): Promise<readonly Raw[]> {
  const read = batch.map((raw) => ({ raw, message: decodeOrUndefined(raw.text) }));
  const deliveries = read.flatMap(({ raw, message }): Delivery[] =>
    message === undefined ? [] : [{ message, receives: raw.receives }],
  );
  let failed: ReadonlySet<string>;
  try {
    failed = deliveries.length === 0 ? new Set() : new Set((await handle(deliveries)).failed);
  } catch (error) {
    onError(error);
    failed = new Set(deliveries.map(({ message }) => message.name));
  }
  const blocked = new Set<string>();
  return read.flatMap(({ raw, message }) => {
    if (message === undefined) return [];
    const line = `${message.topic}/${message.group}`;
    const hasFailed = failed.has(message.name);
    if (hasFailed && raw.receives < receivesMax) blocked.add(line);
    return hasFailed || blocked.has(line) ? [] : [raw];
  });
}

/** `undefined` for what is no message of the bus. */
export function decodeOrUndefined(text: string): BusMessage | undefined {
  try {
    return decodeBusMessage(text);
  } catch (error) {
    if (error instanceof DecodingError) return undefined;
    throw error;
  }
}
