import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export interface QueueClientOptions {
  readonly region: string;
  /** A server that is not AWS's. It may name its queues by addresses that only it understands, so requests go to it itself. */
  readonly local?: { readonly url: string };
  /** How long one try of a request may take, ms; of SQS more than a receive waits for messages. */
  readonly timeoutsMs?: { readonly sns: number; readonly sqs: number };
}

/** A receive waits 20 s for messages (aws-event-bus.ts). A server that never answers would hold who publishes, or who consumes, for ever. */
const TIMEOUTS_MS = { sns: 5000, sqs: 25_000 };
const CONNECT_TIMEOUT_MS = 1000;

/** SDK clients of SNS and SQS. The SDK's adaptive mode is not used: after one refusal it lets a request pass every other second, and who publishes waits longer each time by itself. */
export function queueClients({ region, local, timeoutsMs = TIMEOUTS_MS }: QueueClientOptions): {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
} {
  const here =
    local === undefined
      ? {}
      : { endpoint: local.url, credentials: { accessKeyId: "local", secretAccessKey: "local" } };
  const within = (requestTimeout: number) => ({
    ...{ region, retryMode: "standard", maxAttempts: 4, ...here },
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout,
      throwOnRequestTimeout: true,
    }),
  });
  return {
    sns: new SNSClient(within(timeoutsMs.sns)),
    sqs: new SQSClient({
      ...within(timeoutsMs.sqs),
      ...(local === undefined ? {} : { useQueueUrlAsEndpoint: false }),
    }),
  };
}
