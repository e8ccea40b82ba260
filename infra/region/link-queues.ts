import { Construct } from "constructs";
import { LINK_QUEUE_ATTRIBUTES, linkQueueName } from "#shared/config/aws/link-queues.ts";
import { arn } from "#shared/config/aws/names.ts";
import { SqsQueue, SqsQueuePolicy } from "../aws.ts";
import type { MatchingGroup } from "../environments/environment.ts";
import { policy } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";
import { onlyTls } from "./outcome-topics.ts";

/** The link's queue of a group of shards, in a Region. */
export function linkQueueArn(stack: MeridianStack, region: string, group: MatchingGroup): string {
  return arn("sqs", region, stack.accountId, linkQueueName(stack.environment.name, group.shards));
}

/** Whether there is anybody to talk to. */
export function isLinked({ environment }: MeridianStack): boolean {
  return environment.regions.length > 1;
}

/**
 * The Region's end of the link: for each group of shards the queue that its publishing task reads, and that the other Regions' tasks write to. What a message says of its sender is believed, so a queue refuses
 * everybody but matching tasks, whatever else they may do. Without a dead-letter queue: what nobody read in a minute nobody waits for.
 */
export class LinkQueues extends Construct {
  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "link");
    for (const group of stack.environment.matching.groups) {
      const queue = new SqsQueue(this, group.name, {
        name: linkQueueName(stack.environment.name, group.shards),
        messageRetentionSeconds: Number(LINK_QUEUE_ATTRIBUTES.MessageRetentionPeriod),
        visibilityTimeoutSeconds: Number(LINK_QUEUE_ATTRIBUTES.VisibilityTimeout),
        receiveWaitTimeSeconds: Number(LINK_QUEUE_ATTRIBUTES.ReceiveMessageWaitTimeSeconds),
        kmsMasterKeyId: keyArn,
        kmsDataKeyReusePeriodSeconds: 3600,
      });
      const resources = [linkQueueArn(stack, stack.region, group)];
      new SqsQueuePolicy(this, `${group.name}-policy`, {
        queueUrl: queue.id,
        policy: policy(onlyTls(["sqs:*"], resources), {
          effect: "Deny",
          actions: ["sqs:ReceiveMessage", "sqs:SendMessage"],
          resources,
          principals: { AWS: ["*"] },
          conditions: {
            ArnNotLike: {
              "aws:PrincipalArn": [`arn:aws:iam::${stack.accountId}:role/${stack.named("matching-*")}`],
            },
          },
        }),
      });
    }
  }
}
