import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import type { BusHandler, Delivery } from "#shared/ports/event-bus.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { decodeBusRun, lineOf } from "#shared/protocol/bus/bus-run.ts";
import { type Consumer, hears } from "#shared/protocol/bus/consumers.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";

/** A run of events as a queue gives it. */
export interface RawDelivery {
  readonly text: string;
  /** Which delivery of it this is: 1 is the first. */
  readonly receives: number;
}

export interface DeliverOptions {
  readonly consumer: Consumer;
  /** Deliveries before the dead-letter queue. */
  readonly receivesMax: number;
  /** Told of what a handler threw. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Hands the events of a batch from a queue to a handler, each that the consumer hears of and each once, however many of the batch's runs it stands in; returns which runs are done with. What does not decode has failed; so has a run with an event that failed,
 * and whatever stands behind it in its topic's group, for it must not overtake it. Behind a run that was delivered for the last time the group goes on: otherwise those behind it, which were received as often, would end in the dead-letter queue with it.
 */
export async function deliver<Raw extends RawDelivery>(
  batch: readonly Raw[],
  handle: BusHandler,
  { consumer, receivesMax, onError = () => {} }: DeliverOptions,
): Promise<readonly Raw[]> {
  const read = batch.map((raw) => ({ raw, run: decodeOrUndefined(raw.text) }));
  const deliveries = new Map<EventName, Delivery>();
  for (const { raw, run = [] } of read)
    for (const message of heardOf(consumer, run))
      if (!deliveries.has(message.name)) deliveries.set(message.name, { message, receives: raw.receives });
  let failed: ReadonlySet<EventName>;
  try {
    failed = deliveries.size === 0 ? new Set() : new Set((await handle([...deliveries.values()])).failed);
  } catch (error) {
    onError(error);
    failed = new Set(deliveries.keys());
  }
  const blocked = new Set<string>();
  return read.flatMap(({ raw, run }) => {
    if (run === undefined) return [];
    const line = lineOf(run[0]);
    const hasFailed = run.some(({ name }) => failed.has(name));
    if (hasFailed && raw.receives < receivesMax) blocked.add(line);
    return hasFailed || blocked.has(line) ? [] : [raw];
  });
}

/** What a consumer hears of a run that was brought to it: another of its events may have been the reason. */
export function heardOf(consumer: Consumer, run: readonly BusMessage[]): readonly BusMessage[] {
  return run.filter(({ event }) => hears(consumer, event.kind));
}

/** `undefined` for what is no message of the bus. */
export function decodeOrUndefined(text: string): ReturnType<typeof decodeBusRun> | undefined {
  try {
    return decodeBusRun(text);
  } catch (error) {
    if (error instanceof DecodingError) return undefined;
    throw error;
  }
}
