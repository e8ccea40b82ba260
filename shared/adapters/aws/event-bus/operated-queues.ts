import type { EventBus } from "#shared/ports/event-bus.ts";
import { CONSUMERS, type Consumer } from "#shared/protocol/bus/consumers.ts";
import type { BusAddresses } from "./bus-addresses.ts";
import { type QueueClientOptions, queueClients } from "./queue-clients.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** What operators see and do of a Region's queues; nothing is published or consumed by it. */
export interface OperatedQueues extends Pick<EventBus, "backlog" | "redrive"> {
  readonly queues: readonly Consumer[];
  close(): void;
}

/** A redrive brings back no more than this at once where nothing else is said. */
const REDRIVE_MAX = 10_000;

/** Opens the queues of a Region's bus for its operators. */
export function openOperatedQueues(
  options: QueueClientOptions & { readonly addresses: BusAddresses },
): OperatedQueues {
  const { sns, sqs } = queueClients(options);
  const of = (consumer: Consumer) => new SqsQueue(sqs, options.addresses.queues[consumer]);
  return {
    queues: CONSUMERS,
    backlog: (consumer) => of(consumer).backlog(),
    redrive: (consumer, limit = REDRIVE_MAX) => of(consumer).redrive(limit),
    close: () => {
      sns.destroy();
      sqs.destroy();
    },
  };
}
