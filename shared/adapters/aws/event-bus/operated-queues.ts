import type { EventBus } from "#shared/ports/event-bus.ts";
import { CONSUMERS, type Consumer } from "#shared/protocol/bus/consumers.ts";
import { type BusPlace, consumerAddressesOf } from "./bus-addresses-of.ts";
import { type QueueClientOptions, queueClients } from "./queue-clients.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** What operators see and do of a Region's queues; nothing is published or consumed by it. */
export interface OperatedQueues extends Pick<EventBus, "backlog" | "redrive"> {
  readonly queues: readonly Consumer[];
  close(): void;
}

/** A redrive brings back no more than this at once where nothing else is said. */
const REDRIVE_MAX = 10_000;

/** Opens the queues of a Region's bus for its operators. Where they are is asked of SQS when they are needed. */
export function openOperatedQueues({
  place,
  ...options
}: QueueClientOptions & { readonly place: BusPlace }): OperatedQueues {
  const { sns, sqs } = queueClients(options);
  const known = new Map<Consumer, SqsQueue>();
  const of = async (consumer: Consumer) => {
    const queue =
      known.get(consumer) ??
      new SqsQueue(sqs, (await consumerAddressesOf(sqs, place, consumer)).queues[consumer]);
    known.set(consumer, queue);
    return queue;
  };
  return {
    queues: CONSUMERS,
    backlog: async (consumer) => (await of(consumer)).backlog(),
    redrive: async (consumer, limit = REDRIVE_MAX) => (await of(consumer)).redrive(limit),
    close: () => {
      sns.destroy();
      sqs.destroy();
    },
  };
}
