import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";

export interface QueueClientOptions {
  readonly region: string;
  /** A server that is not AWS's. It may name its queues by addresses that only it understands, so requests go to it itself. */
  readonly local?: { readonly url: string };
}

/** SDK clients of SNS and SQS. Throttling makes them slower by themselves (`adaptive`). */
export function queueClients({ region, local }: QueueClientOptions): {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
} {
  const common = { region, retryMode: "adaptive", maxAttempts: 4 };
  if (local === undefined) return { sns: new SNSClient(common), sqs: new SQSClient(common) };
  const here = {
    ...common,
    endpoint: local.url,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  return { sns: new SNSClient(here), sqs: new SQSClient({ ...here, useQueueUrlAsEndpoint: false }) };
}
