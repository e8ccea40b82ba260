import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { Topic } from "#shared/protocol/bus/topics.ts";

/** Where the resources of a bus are: what a task or a function is told when it starts. */
export interface BusAddresses {
  readonly topicArns: Readonly<Record<Topic, string>>;
  readonly queues: Readonly<Record<Consumer, QueueAddress>>;
}

export interface QueueAddress {
  readonly url: string;
  readonly deadUrl: string;
}
