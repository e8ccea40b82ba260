import { GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
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

/** The same, with a consumer's queues as SQS itself names them: for who reads one. */
export async function consumerAddressesOf(
  sqs: SQSClient,
  place: BusPlace,
  consumer: Consumer,
): Promise<BusAddresses> {
  const addresses = busAddressesOf(place);
  const queue = busTopology(place.prefix).queues.find((one) => one.consumer === consumer);
  const urlOf = async (QueueName: string) =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? "";
  const [url, deadUrl] = await Promise.all([urlOf(queue?.name ?? ""), urlOf(queue?.deadName ?? "")]);
  return { ...addresses, queues: { ...addresses.queues, [consumer]: { url, deadUrl } } };
}
