import { Construct } from "constructs";
import { busTopology, type QueueResource } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { arn } from "#shared/config/aws/names.ts";
import {
  SnsTopic,
  SnsTopicPolicy,
  SnsTopicSubscription,
  SqsQueue,
  SqsQueuePolicy,
  SqsQueueRedriveAllowPolicy,
} from "../aws.ts";
import { policy, type Statement } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";

/** The bus of an environment, as its adapter defines it. */
export function busOf(stack: MeridianStack) {
  return busTopology(stack.named("bus").replace(/-bus$/, ""));
}

/**
 * The topics `matched`, `unmatched` and `other`, and the queue of each consumer behind them. FIFO by market: a group's messages are in order, and
 * many groups go side by side. What fails five times lies in the consumer's dead-letter queue until somebody sends it back.
 */
export class OutcomeTopics extends Construct {
  /** By consumer. Others know a queue by its name; this is for what must wait until it is there. */
  readonly queues = new Map<string, SqsQueue>();
  private readonly stack: MeridianStack;
  private readonly keyArn: string;

  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "outcomes");
    this.stack = stack;
    this.keyArn = keyArn;
    const { topics, queues, subscriptions } = busOf(stack);
    const topicArns = new Map<string, string>();
    for (const { topic, name, attributes } of topics) {
      const made = new SnsTopic(this, `topic-${topic}`, {
        name,
        fifoTopic: attributes.FifoTopic === "true",
        contentBasedDeduplication: attributes.ContentBasedDeduplication === "true",
        ...(attributes.FifoThroughputScope === undefined
          ? {}
          : { fifoThroughputScope: attributes.FifoThroughputScope }),
        kmsMasterKeyId: keyArn,
        signatureVersion: 2,
      });
      topicArns.set(topic, made.arn);
      const resources = [this.arnOf("sns", name)];
      new SnsTopicPolicy(this, `topic-${topic}-policy`, {
        arn: made.arn,
        policy: policy(
          {
            actions: ["sns:GetTopicAttributes", "sns:Publish", "sns:Subscribe"],
            resources,
            principals: { AWS: [`arn:aws:iam::${stack.accountId}:root`] },
          },
          onlyTls(["sns:Publish"], resources),
        ),
      });
    }
    for (const queue of queues) {
      const heard = subscriptions.filter(({ consumer }) => consumer === queue.consumer);
      const names = topics
        .filter(({ topic }) => heard.some((one) => one.topic === topic))
        .map(({ name }) => name);
      const { arn: queueArn, deadArn } = this.addQueue(queue, names);
      for (const { topic, filterPolicy, rawMessageDelivery } of heard) {
        const topicArn = topicArns.get(topic);
        if (topicArn === undefined) throw new Error(`queue ${queue.consumer}: no topic ${topic}`);
        new SnsTopicSubscription(this, `${queue.consumer}-hears-${topic}`, {
          topicArn,
          protocol: "sqs",
          endpoint: queueArn,
          rawMessageDelivery,
          filterPolicy: JSON.stringify(filterPolicy),
          filterPolicyScope: "MessageAttributes",
          // What SNS itself could not deliver.
          redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadArn }),
        });
      }
    }
  }

  private addQueue(queue: QueueResource, topicNames: readonly string[]): { arn: string; deadArn: string } {
    const { consumer, name, deadName, attributes, deadAttributes, receivesMax } = queue;
    const dead = new SqsQueue(this, `${consumer}-dead`, { name: deadName, ...this.settings(deadAttributes) });
    const live = new SqsQueue(this, `${consumer}-queue`, {
      name,
      ...this.settings(attributes),
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: receivesMax }),
    });
    this.queues.set(consumer, live);
    new SqsQueueRedriveAllowPolicy(this, `${consumer}-redrive`, {
      queueUrl: dead.id,
      redriveAllowPolicy: JSON.stringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [this.arnOf("sqs", name)],
      }),
    });
    const fromTopics = (resource: string): Statement => ({
      actions: ["sqs:SendMessage"],
      resources: [resource],
      principals: { Service: ["sns.amazonaws.com"] },
      conditions: { ArnEquals: { "aws:SourceArn": topicNames.map((topic) => this.arnOf("sns", topic)) } },
    });
    for (const [id, url, resource] of [
      [consumer, live.id, this.arnOf("sqs", name)],
      [`${consumer}-dead`, dead.id, this.arnOf("sqs", deadName)],
    ] as const)
      new SqsQueuePolicy(this, `${id}-policy`, {
        queueUrl: url,
        policy: policy(fromTopics(resource), onlyTls(["sqs:*"], [resource])),
      });
    return { arn: live.arn, deadArn: dead.arn };
  }

  /** SQS's words in Terraform's. */
  private settings(attributes: Readonly<Record<string, string>>) {
    const number = (name: string) => (attributes[name] === undefined ? undefined : Number(attributes[name]));
    const visibilityTimeoutSeconds = number("VisibilityTimeout");
    const receiveWaitTimeSeconds = number("ReceiveMessageWaitTimeSeconds");
    const messageRetentionSeconds = number("MessageRetentionPeriod");
    return {
      fifoQueue: attributes.FifoQueue === "true",
      contentBasedDeduplication: attributes.ContentBasedDeduplication === "true",
      ...(attributes.DeduplicationScope === undefined
        ? {}
        : { deduplicationScope: attributes.DeduplicationScope }),
      ...(attributes.FifoThroughputLimit === undefined
        ? {}
        : { fifoThroughputLimit: attributes.FifoThroughputLimit }),
      ...(visibilityTimeoutSeconds === undefined ? {} : { visibilityTimeoutSeconds }),
      ...(receiveWaitTimeSeconds === undefined ? {} : { receiveWaitTimeSeconds }),
      ...(messageRetentionSeconds === undefined ? {} : { messageRetentionSeconds }),
      kmsMasterKeyId: this.keyArn,
      kmsDataKeyReusePeriodSeconds: 3600,
    };
  }

  private arnOf(service: "sns" | "sqs", name: string): string {
    return arn(service, this.stack.region, this.stack.accountId, name);
  }
}

/** Refuses what comes without TLS. */
export function onlyTls(actions: readonly string[], resources: readonly string[]): Statement {
  return {
    effect: "Deny",
    actions,
    resources,
    principals: { AWS: ["*"] },
    conditions: { Bool: { "aws:SecureTransport": "false" } },
  };
}
