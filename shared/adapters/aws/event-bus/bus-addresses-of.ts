import { arn } from "#shared/config/aws/names.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { Topic } from "#shared/protocol/bus/topics.ts";
import type { BusAddresses, QueueAddress } from "./bus-addresses.ts";
import { busTopology } from "./bus-topology.ts";

export interface BusPlace {
  /** What the bus's names begin with. */
  readonly prefix: string;
  readonly region: string;
  readonly accountId: string;
}

/** Where a deployment's bus is, which follows from its names. A queue's address: `https://sqs.<Region>.amazonaws.com/<account>/<name>`. */
export function busAddressesOf({ prefix, region, accountId }: BusPlace): BusAddresses {
  const { topics, queues } = busTopology(prefix);
  const urlOf = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  const topicArns = topics.map(({ topic, name }) => [topic, arn("sns", region, accountId, name)] as const);
  const addresses = queues.map(({ consumer, name, deadName }) => {
    return [consumer, { url: urlOf(name), deadUrl: urlOf(deadName) }] as const;
  });
  return {
    topicArns: Object.fromEntries(topicArns) as Record<Topic, string>,
    queues: Object.fromEntries(addresses) as Record<Consumer, QueueAddress>,
  };
}
