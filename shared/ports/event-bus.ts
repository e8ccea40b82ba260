import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";
import type { Subscription } from "./command-log.ts";

/**
 * Events on their way to consumers: topics `matched`, `unmatched`, `other`; a queue a consumer, which hears of the kinds that are its own
 * (shared/protocol/bus/consumers.ts). Delivered at least once. Events of one group (a market) that came over one topic are delivered in order, and the next only when those before are done with; groups do not wait for each
 * other, and neither do topics. Events of a group that are published together travel as a run (shared/protocol/bus/bus-run.ts), which is done with, comes again and is dead as one. A run of a name that was published within the last
 * minutes may be dropped; events that were published in other runs come again in those. Consumers are idempotent by the name of each event, whatever the queue promises.
 */
export interface EventBus {
  /**
   * Every queue that hears of them holds the messages durably when it resolves with `ok`. Otherwise it may hold some: publish them again, all and in order.
   * It retries by itself what may pass quickly, a bounded number of times.
   */
  publish(messages: readonly BusMessage[]): Promise<PublishResult>;
  /**
   * Gives a consumer its events in batches until canceled, one batch at a time and no event twice in one. What the handler does not name as failed is done with. A run with an event that failed comes again when its
   * visibility timeout is over, and the rest of its group behind it; after `receivesMax` deliveries it goes to the dead-letter queue and its group goes on. A handler that throws failed wholly.
   * One that never ends, or whose process dies, does not hold a run for longer than its timeout.
   */
  consume(consumer: Consumer, handle: BusHandler): Subscription;
  /** How much waits, in runs. On AWS these are approximations, which settle within a minute after publishers stop. */
  backlog(consumer: Consumer): Promise<Backlog>;
  /** The oldest runs of a consumer's dead-letter queue, at most `limit`; they stay there. Each is the events of it that the consumer hears of; `undefined` stands for one that is no message of ours. */
  dead(consumer: Consumer, limit: number): Promise<readonly (readonly BusMessage[] | undefined)[]>;
  /** Brings the oldest runs of the dead-letter queue back to the consumer's queue, in order, at most `limit` where one is given; returns how many came. */
  redrive(consumer: Consumer, limit?: number): Promise<number>;
  close(): Promise<void>;
}

export type PublishResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** `full`: a queue holds all that it may. */
      readonly error: "throttled" | "unavailable" | "full";
      readonly message: string;
    };

/** Handles a batch and says what failed. */
export type BusHandler = (deliveries: readonly Delivery[]) => Promise<BatchResult>;

/** An event, and which delivery of its run this is: 1 is the first. */
export interface Delivery {
  readonly message: BusMessage;
  readonly receives: number;
}

export interface BatchResult {
  readonly failed: readonly EventName[];
}

export interface Backlog {
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
  /** The age of the oldest message that is not done with, and of the oldest dead one, ms; missing where there is none, and on AWS, where only CloudWatch knows. */
  readonly oldestMs?: number;
  readonly oldestDeadMs?: number;
}

/** What of a queue can be set. */
export interface QueueSettings {
  /** How long a delivered message is kept from others, s: longer than a handler may take. */
  readonly visibilitySeconds: number;
  /** Deliveries before the dead-letter queue. */
  readonly receivesMax: number;
}

/** Five deliveries, half a minute apart: a database that fails over is back by then. */
export const DEFAULT_QUEUE_SETTINGS: QueueSettings = { visibilitySeconds: 30, receivesMax: 5 };
