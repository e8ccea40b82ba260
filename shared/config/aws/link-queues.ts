import { resourceName } from "./names.ts";

/**
 * The queues over which the Regions' publishing tasks talk to each other: each Region has one for each group of shards that is folded together, called after the group's first shard. Only the task that
 * publishes the group reads it. Pure data: infrastructure creates it, services use it.
 */
export function linkQueueName(environment: string, shards: readonly string[]): string {
  const [first] = shards;
  if (first === undefined) throw new Error("a group of shards has a shard");
  return resourceName(environment, `link-${first}`);
}

/**
 * An ordinary queue: what comes twice or late is met by the link's own rules. What nobody has read within a minute, the least that SQS allows, nobody waits for any more; so a Region that comes back finds
 * a minute's questions and no more, and nothing needs a dead-letter queue.
 */
export const LINK_QUEUE_ATTRIBUTES = {
  MessageRetentionPeriod: "60",
  VisibilityTimeout: "30",
  /** How long a receive waits for a message, s: SQS allows 20. */
  ReceiveMessageWaitTimeSeconds: "20",
} as const;
