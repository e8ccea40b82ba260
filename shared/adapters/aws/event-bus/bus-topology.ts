import { DEFAULT_QUEUE_SETTINGS, type QueueSettings } from "#shared/ports/event-bus.ts";
import { CONSUMERS, type Consumer, kindsOf } from "#shared/protocol/bus/consumers.ts";
import { TOPICS, type Topic } from "#shared/protocol/bus/topics.ts";

/** The bus as resources of one Region, by name: what the infrastructure makes, and local servers too. Pure data. */
export interface BusTopology {
  readonly topics: readonly TopicResource[];
  readonly queues: readonly QueueResource[];
  readonly subscriptions: readonly SubscriptionResource[];
}

export interface TopicResource {
  readonly topic: Topic;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A queue and its dead-letter queue. */
export interface QueueResource {
  readonly consumer: Consumer;
  readonly name: string;
  readonly deadName: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly deadAttributes: Readonly<Record<string, string>>;
  /** Deliveries before the dead-letter queue: `maxReceiveCount` of the redrive policy. */
  readonly receivesMax: number;
}

export interface SubscriptionResource {
  readonly topic: Topic;
  readonly consumer: Consumer;
  /** On the attribute of the consumer's name. */
  readonly filterPolicy: Readonly<Partial<Record<Consumer, readonly [typeof HEARS]>>>;
  readonly rawMessageDelivery: true;
}

/**
 * The value of the attributes of a message that name the consumers who hear of an event in it. A run holds events of several kinds. SNS could filter a list of them
 * (`String.Array`), but raw delivery hands attributes on to SQS, which has no such type.
 */
export const HEARS = "hears";

/** SQS keeps a message for 14 days at most. */
const RETENTION_SECONDS = 14 * 24 * 60 * 60;
/** How long a receive waits for a message, s: SQS allows 20. */
const LONG_POLL_SECONDS = 20;

/**
 * The resources of one Region's bus. Throughput is by message group on topics and queues ("high throughput"): each market has its own quota then, and the shards together are not held to that of one topic.
 * Content-based deduplication is off: a message's id is its run's name.
 */
export function busTopology(prefix: string, settings: QueueSettings = DEFAULT_QUEUE_SETTINGS): BusTopology {
  const fifo = { FifoQueue: "true", ContentBasedDeduplication: "false" };
  const throughput = { DeduplicationScope: "messageGroup", FifoThroughputLimit: "perMessageGroupId" };
  const retention = { MessageRetentionPeriod: String(RETENTION_SECONDS) };
  return {
    topics: TOPICS.map((topic) => ({
      topic,
      name: `${prefix}-${topic}.fifo`,
      attributes: {
        FifoTopic: "true",
        ContentBasedDeduplication: "false",
        FifoThroughputScope: "MessageGroup",
      },
    })),
    queues: CONSUMERS.map((consumer) => ({
      consumer,
      name: `${prefix}-${consumer}.fifo`,
      deadName: `${prefix}-${consumer}-dead.fifo`,
      attributes: {
        ...fifo,
        ...throughput,
        ...retention,
        VisibilityTimeout: String(settings.visibilitySeconds),
        ReceiveMessageWaitTimeSeconds: String(LONG_POLL_SECONDS),
      },
      deadAttributes: { ...fifo, ...throughput, ...retention },
      receivesMax: settings.receivesMax,
    })),
    subscriptions: TOPICS.flatMap((topic) =>
      CONSUMERS.map((consumer) => ({ topic, consumer, kinds: kindsOf(consumer, topic) }))
        .filter(({ kinds }) => kinds.length > 0)
        .map(({ consumer }) => ({
          topic,
          consumer,
          filterPolicy: { [consumer]: [HEARS] },
          rawMessageDelivery: true as const,
        })),
    ),
  };
}
