import { Construct } from "constructs";
import { fifoName, queueArn, topicArn } from "#shared/config/aws/names.ts";
import {
  deadLetterQueue,
  OUTCOME_QUEUES,
  OUTCOME_TOPICS,
  type OutcomeQueue,
} from "#shared/config/aws/topics.ts";
import {
  SnsTopic,
  SnsTopicPolicy,
  SnsTopicSubscription,
  SqsQueue,
  SqsQueuePolicy,
  SqsQueueRedriveAllowPolicy,
} from "../aws.ts";
import { policy } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";

/**
 * The topics `matched`, `unmatched` and `other`, and the queue of each consumer behind them. FIFO by market: a group's messages are in order, and
 * many groups go side by side. What fails five times lies in the consumer's dead-letter queue until somebody sends it back.
 */
export class OutcomeTopics extends Construct {
  private readonly topics = new Map<string, SnsTopic>();

  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "outcomes");
    for (const name of OUTCOME_TOPICS) {
      const topic = new SnsTopic(this, `topic-${name}`, {
        name: fifoName(stack.environment.name, name),
        fifoTopic: true,
        // The event's name is the id; hashing bodies would merge two events that only look alike.
        contentBasedDeduplication: false,
        fifoThroughputScope: "MessageGroup",
        kmsMasterKeyId: keyArn,
        signatureVersion: 2,
      });
      this.topics.set(name, topic);
      new SnsTopicPolicy(this, `topic-${name}-policy`, {
        arn: topic.arn,
        policy: policy(
          {
            actions: ["sns:GetTopicAttributes", "sns:Publish", "sns:Subscribe"],
            resources: [topicArn(this.deployment(stack), stack.region, name)],
            principals: { AWS: [`arn:aws:iam::${stack.accountId}:root`] },
          },
          {
            effect: "Deny",
            actions: ["sns:Publish"],
            resources: [topicArn(this.deployment(stack), stack.region, name)],
            principals: { AWS: ["*"] },
            conditions: { Bool: { "aws:SecureTransport": "false" } },
          },
        ),
      });
    }
    for (const queue of OUTCOME_QUEUES) this.addQueue(stack, queue, keyArn);
  }

  private addQueue(
    stack: MeridianStack,
    { consumer, topics, visibilitySeconds, receivesMax }: OutcomeQueue,
    keyArn: string,
  ): void {
    const deployment = this.deployment(stack);
    const queueNamed = (id: string, name: string, seconds: number) =>
      new SqsQueue(this, id, {
        name: fifoName(stack.environment.name, name),
        fifoQueue: true,
        contentBasedDeduplication: false,
        deduplicationScope: "messageGroup",
        fifoThroughputLimit: "perMessageGroupId",
        visibilityTimeoutSeconds: seconds,
        messageRetentionSeconds: 14 * 24 * 3600,
        receiveWaitTimeSeconds: 20,
        kmsMasterKeyId: keyArn,
        kmsDataKeyReusePeriodSeconds: 3600,
      });
    const dead = queueNamed(`${consumer}-dead-letters`, deadLetterQueue(consumer), visibilitySeconds);
    const queue = queueNamed(`${consumer}-queue`, consumer, visibilitySeconds);
    queue.redrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: receivesMax });
    new SqsQueueRedriveAllowPolicy(this, `${consumer}-redrive`, {
      queueUrl: dead.id,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
    });
    new SqsQueuePolicy(this, `${consumer}-policy`, {
      queueUrl: queue.id,
      policy: policy(
        {
          actions: ["sqs:SendMessage"],
          resources: [queueArn(deployment, stack.region, consumer)],
          principals: { Service: ["sns.amazonaws.com"] },
          conditions: {
            ArnEquals: { "aws:SourceArn": topics.map((topic) => topicArn(deployment, stack.region, topic)) },
          },
        },
        {
          effect: "Deny",
          actions: ["sqs:*"],
          resources: [queueArn(deployment, stack.region, consumer)],
          principals: { AWS: ["*"] },
          conditions: { Bool: { "aws:SecureTransport": "false" } },
        },
      ),
    });
    for (const name of topics) {
      const topic = this.topics.get(name);
      if (topic === undefined) throw new Error(`queue ${consumer}: no topic ${name}`);
      new SnsTopicSubscription(this, `${consumer}-hears-${name}`, {
        topicArn: topic.arn,
        protocol: "sqs",
        endpoint: queue.arn,
        rawMessageDelivery: true,
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
      });
    }
    // SNS itself puts what it could not deliver there.
    new SqsQueuePolicy(this, `${consumer}-dead-policy`, {
      queueUrl: dead.id,
      policy: policy({
        actions: ["sqs:SendMessage"],
        resources: [queueArn(deployment, stack.region, deadLetterQueue(consumer))],
        principals: { Service: ["sns.amazonaws.com"] },
        conditions: {
          ArnEquals: { "aws:SourceArn": topics.map((topic) => topicArn(deployment, stack.region, topic)) },
        },
      }),
    });
  }

  private deployment(stack: MeridianStack) {
    return { environment: stack.environment.name, accountId: stack.accountId };
  }
}
