import { PublishBatchCommand, type SNSClient } from "@aws-sdk/client-sns";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { PublishResult } from "#shared/ports/event-bus.ts";
import { type BusMessage, encodeBusMessage } from "#shared/protocol/bus/bus-message.ts";
import { TOPICS, type Topic } from "#shared/protocol/bus/topics.ts";
import type { BusAddresses } from "./bus-addresses.ts";
import { type BusFailure, failureOf } from "./bus-errors.ts";

/** Limits of SNS: messages in a batch, and bytes of a batch with all attributes (256 KiB; some are left for the attributes). */
const BATCH_MAX = 10;
const BATCH_BYTES_MAX = 240 * 1024;
/** How often a batch is sent at most; the SDK tries each of them again by itself too. */
const TRIES = 5;
const RETRY_MS = 50;

interface Encoded {
  readonly message: BusMessage;
  readonly text: string;
  readonly bytes: number;
}

/**
 * Publishes to the FIFO topics. A batch of SNS may be taken in part, so it never holds two messages of one group: what failed is sent again before anything that follows it in its group. Groups and topics do not wait for each other.
 */
export class SnsPublisher {
  readonly #sns: SNSClient;
  readonly #addresses: Pick<BusAddresses, "topicArns">;
  readonly #clock: Clock;

  constructor(sns: SNSClient, addresses: Pick<BusAddresses, "topicArns">, clock: Clock) {
    this.#sns = sns;
    this.#addresses = addresses;
    this.#clock = clock;
  }

  async publish(messages: readonly BusMessage[]): Promise<PublishResult> {
    const results = await Promise.all(
      TOPICS.map((topic) =>
        this.#publishTo(
          topic,
          messages.filter((message) => message.topic === topic),
        ),
      ),
    );
    return results.find((result) => !result.ok) ?? { ok: true };
  }

  async #publishTo(topic: Topic, messages: readonly BusMessage[]): Promise<PublishResult> {
    const groups = new Map<string, Encoded[]>();
    for (const message of messages) {
      const group = groups.get(message.group) ?? [];
      groups.set(message.group, group);
      group.push(encoded(message));
    }
    let failures = 0;
    while (groups.size > 0) {
      const batch = nextBatch(groups);
      const { taken, failure } = await this.#send(topic, batch);
      for (const { message } of taken) {
        const group = groups.get(message.group);
        group?.shift();
        if (group?.length === 0) groups.delete(message.group);
        // The next batch begins with the groups that have waited longest.
        else if (group !== undefined) {
          groups.delete(message.group);
          groups.set(message.group, group);
        }
      }
      if (failure === undefined) {
        failures = 0;
        continue;
      }
      failures++;
      if (failures >= TRIES) return failure;
      await this.#pause(RETRY_MS * 2 ** failures);
    }
    return { ok: true };
  }

  async #send(
    topic: Topic,
    batch: readonly Encoded[],
  ): Promise<{ readonly taken: readonly Encoded[]; readonly failure: BusFailure | undefined }> {
    try {
      const { Failed = [] } = await this.#sns.send(
        new PublishBatchCommand({
          TopicArn: this.#addresses.topicArns[topic],
          PublishBatchRequestEntries: batch.map(({ message, text }, at) => ({
            Id: String(at),
            Message: text,
            MessageGroupId: message.group,
            MessageDeduplicationId: message.name,
            MessageAttributes: {
              kind: { DataType: "String", StringValue: message.event.kind },
              shard: { DataType: "String", StringValue: message.shard },
              final: { DataType: "String", StringValue: String(message.isFinal) },
            },
          })),
        }),
      );
      const failed = new Set(Failed.map(({ Id }) => Number(Id)));
      const [first] = Failed;
      return {
        taken: batch.filter((_, at) => !failed.has(at)),
        failure:
          first === undefined
            ? undefined
            : {
                ok: false,
                error: /throttl/i.test(first.Code ?? "") ? "throttled" : "unavailable",
                message: `${first.Code}: ${first.Message ?? ""}`,
              },
      };
    } catch (error) {
      return { taken: [], failure: failureOf(error) };
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.schedule(delayMs, resolve));
  }
}

function encoded(message: BusMessage): Encoded {
  const text = encodeBusMessage(message);
  const bytes = Buffer.byteLength(text);
  assert(bytes <= BATCH_BYTES_MAX, `${message.name} is larger than the bus takes`);
  return { message, text, bytes };
}

/** The first message of each group, as many as a batch takes. */
function nextBatch(groups: ReadonlyMap<string, readonly Encoded[]>): Encoded[] {
  const batch: Encoded[] = [];
  let bytes = 0;
  for (const [first] of groups.values()) {
    if (first === undefined || batch.length >= BATCH_MAX || bytes + first.bytes > BATCH_BYTES_MAX) break;
    bytes += first.bytes;
    batch.push(first);
  }
  return batch;
}
