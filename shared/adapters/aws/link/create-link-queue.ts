import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { LINK_QUEUE_ATTRIBUTES } from "#shared/config/aws/link-queues.ts";

/** Makes a queue of the link on a server that has none: on AWS the infrastructure does it. One that is there already stays. */
export async function createLinkQueue(sqs: SQSClient, name: string): Promise<void> {
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...LINK_QUEUE_ATTRIBUTES } }));
}
