import { PublishBatchCommand, type SNSClient } from "@aws-sdk/client-sns";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { PublishResult } from "#shared/ports/event-bus.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { type BusRun, busRuns, RUN_EVENTS_MAX } from "#shared/protocol/bus/bus-run.ts";
import { CONSUMERS, hears } from "#shared/protocol/bus/consumers.ts";
import { TOPICS, type Topic } from "#shared/protocol/bus/topics.ts";
import type { BusAddresses } from "./bus-addresses.ts";
import { type BusFailure, failureOf } from "./bus-errors.ts";
import { HEARS } from "./bus-topology.ts";

/** Limits of SNS: messages in a batch, and bytes of a batch with all attributes (256 KiB; some are left for the attributes). */
const BATCH_MAX = 10;
const BATCH_BYTES_MAX = 240 * 1024;
/** How often a batch is sent at most; the SDK tries each of them again by itself too. */
const TRIES = 5;
const RETRY_MS = 50;

/** SNS takes an id of a message up to here. */
const ID_LENGTH_MAX = 128;

/**
 * Publishes to the FIFO topics, runs of a group's events in a message. A batch of SNS may be taken in part, so it never holds two messages of one group: what failed is sent again before anything that follows it in its group. Groups and topics do not wait
 * for each other. The groups that share a batch share its bytes, which decides how long their runs may be; what is published again is cut the same way, so that SNS knows it.
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
    const groups = runsByGroup(messages);
    let failures = 0;
    while (groups.size > 0) {
      const batch = nextBatch(groups);
      const { taken, failure } = await this.#send(topic, batch);
      for (const {
        messages: [{ group }],
      } of taken) {
        const rest = (groups.get(group) ?? []).slice(1);
        groups.delete(group);
        // The next batch begins with the groups that have waited longest.
        if (rest.length > 0) groups.set(group, rest);
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
    batch: readonly BusRun[],
  ): Promise<{ readonly taken: readonly BusRun[]; readonly failure: BusFailure | undefined }> {
    try {
      const { Failed = [] } = await this.#sns.send(
        new PublishBatchCommand({
          TopicArn: this.#addresses.topicArns[topic],
          PublishBatchRequestEntries: batch.map(({ name, messages, text }, at) => ({
            Id: String(at),
            Message: text,
            MessageGroupId: messages[0].group,
            MessageDeduplicationId: name,
            MessageAttributes: attributesOf(messages),
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

/** The runs of each group, in order. */
function runsByGroup(messages: readonly BusMessage[]): Map<string, BusRun[]> {
  const count = new Set(messages.map(({ group }) => group)).size;
  const bytesMax = Math.floor(BATCH_BYTES_MAX / Math.min(BATCH_MAX, Math.max(1, count)));
  const groups = new Map<string, BusRun[]>();
  for (const run of busRuns(messages, { eventsMax: RUN_EVENTS_MAX, bytesMax })) {
    assert(run.bytes <= BATCH_BYTES_MAX, `${run.name} is larger than the bus takes`);
    assert(run.name.length <= ID_LENGTH_MAX, `${run.name} is longer than an id may be`);
    const { group } = run.messages[0];
    groups.set(group, [...(groups.get(group) ?? []), run]);
  }
  return groups;
}

/** What subscriptions are filtered by, a consumer each (bus-topology.ts), and what a person who looks at a message wants to see. SNS drops a message with more than ten attributes on its way to a queue. */
function attributesOf(run: BusRun["messages"]) {
  const text = (value: string) => ({ DataType: "String", StringValue: value });
  const heard = CONSUMERS.filter((consumer) => run.some(({ event }) => hears(consumer, event.kind)));
  const [{ shard, isFinal }] = run;
  return {
    ...Object.fromEntries(heard.map((consumer) => [consumer, text(HEARS)])),
    shard: text(shard),
    final: text(String(isFinal)),
  };
}

/** The first run of each group, as many as a batch takes. */
function nextBatch(groups: ReadonlyMap<string, readonly BusRun[]>): BusRun[] {
  const batch: BusRun[] = [];
  let bytes = 0;
  for (const [first] of groups.values()) {
    if (first === undefined || batch.length >= BATCH_MAX || bytes + first.bytes > BATCH_BYTES_MAX) break;
    bytes += first.bytes;
    batch.push(first);
  }
  return batch;
}
