import { CreateTopicCommand, type SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { assert } from "#shared/domain/invariant.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { Topic } from "#shared/protocol/bus/topics.ts";
import type { BusAddresses, QueueAddress } from "./bus-addresses.ts";
import type { BusTopology, QueueResource } from "./bus-topology.ts";

/** Makes the resources of a bus on a server that has none: on AWS the infrastructure does it. What is there already stays. */
export async function createBus(
  sns: SNSClient,
  sqs: SQSClient,
  topology: BusTopology,
): Promise<BusAddresses> {
  const topicArns: Partial<Record<Topic, string>> = {};
  for (const { topic, name, attributes } of topology.topics) {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name, Attributes: attributes }));
    topicArns[topic] = TopicArn ?? "";
  }
  const queues: Partial<Record<Consumer, QueueAddress>> = {};
  const queueArns = new Map<Consumer, string>();
  for (const resource of topology.queues) {
    const { address, arn } = await createQueue(sqs, resource);
    queues[resource.consumer] = address;
    queueArns.set(resource.consumer, arn);
  }
  for (const { topic, consumer, filterPolicy } of topology.subscriptions) {
    await sns.send(
      new SubscribeCommand({
        TopicArn: topicArns[topic],
        Protocol: "sqs",
        Endpoint: queueArns.get(consumer),
        Attributes: { RawMessageDelivery: "true", FilterPolicy: JSON.stringify(filterPolicy) },
      }),
    );
  }
  return {
    topicArns: topicArns as Record<Topic, string>,
    queues: queues as Record<Consumer, QueueAddress>,
  };
}

async function createQueue(sqs: SQSClient, resource: QueueResource) {
  const dead = await sqs.send(
    new CreateQueueCommand({ QueueName: resource.deadName, Attributes: { ...resource.deadAttributes } }),
  );
  const deadUrl = dead.QueueUrl ?? "";
  const redrive = { deadLetterTargetArn: await arnOf(sqs, deadUrl), maxReceiveCount: resource.receivesMax };
  const queue = await sqs.send(
    new CreateQueueCommand({
      QueueName: resource.name,
      Attributes: { ...resource.attributes, RedrivePolicy: JSON.stringify(redrive) },
    }),
  );
  const url = queue.QueueUrl ?? "";
  return { address: { url, deadUrl }, arn: await arnOf(sqs, url) };
}

async function arnOf(sqs: SQSClient, url: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
  );
  const arn = Attributes?.QueueArn;
  assert(arn !== undefined, `the queue ${url} has an ARN`);
  return arn;
}
