import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { RawDelivery } from "#shared/adapters/bus/deliver.ts";
import type { Backlog } from "#shared/ports/event-bus.ts";
import type { QueueAddress } from "./bus-addresses.ts";

/** A message that SQS gave, and what it is deleted by. */
export interface SqsDelivery extends RawDelivery {
  readonly receipt: string;
}

/** SQS gives so many at most. */
const BATCH_MAX = 10;
const DELETE_TRIES = 3;

/** One consumer's queue and its dead-letter queue. */
export class SqsQueue {
  readonly #sqs: SQSClient;
  readonly #address: QueueAddress;

  constructor(sqs: SQSClient, address: QueueAddress) {
    this.#sqs = sqs;
    this.#address = address;
  }

  /** Waits up to `waitSeconds` for messages; may give none. */
  async receive(waitSeconds: number, signal: AbortSignal): Promise<readonly SqsDelivery[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#address.url,
        MaxNumberOfMessages: BATCH_MAX,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      }),
      { abortSignal: signal },
    );
    return Messages.map((message) => ({
      text: message.Body ?? "",
      receives: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
      receipt: message.ReceiptHandle ?? "",
    }));
  }

  /** What cannot be deleted comes again: consumers know it by its name. */
  async remove(deliveries: readonly SqsDelivery[]): Promise<void> {
    let left = deliveries.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt }));
    for (let attempt = 0; attempt < DELETE_TRIES && left.length > 0; attempt++) {
      const { Failed = [] } = await this.#sqs.send(
        new DeleteMessageBatchCommand({ QueueUrl: this.#address.url, Entries: left }),
      );
      left = left.filter(({ Id }) => Failed.some((failed) => failed.Id === Id));
    }
  }

  async backlog(): Promise<Backlog> {
    const [queue, dead] = await Promise.all([
      this.#counts(this.#address.url),
      this.#counts(this.#address.deadUrl),
    ]);
    return { ...queue, dead: dead.waiting + dead.inFlight };
  }

  /** Texts of the oldest dead messages, which are looked at and let go at once. */
  async dead(limit: number): Promise<readonly string[]> {
    const texts: string[] = [];
    const held: Message[] = [];
    while (texts.length < limit) {
      const messages = await this.#receiveDead();
      if (messages.length === 0) break;
      held.push(...messages);
      texts.push(...messages.map(({ Body }) => Body ?? ""));
    }
    await Promise.all(held.map((message) => this.#letGo(message)));
    return texts.slice(0, limit);
  }

  /**
   * Sends each dead message to the queue again and deletes it. SQS would take a message of a known deduplication id for a repetition, so it gets another one, made of the dead message's own id: a redrive that is
   * interrupted and repeated doubles nothing within SQS's window, and nothing at consumers at all.
   */
  async redrive(limit: number): Promise<number> {
    let count = 0;
    while (count < limit) {
      const messages = await this.#receiveDead(limit - count);
      if (messages.length === 0) break;
      for (const { Body, Attributes, MessageId, ReceiptHandle } of messages) {
        await this.#sqs.send(
          new SendMessageCommand({
            QueueUrl: this.#address.url,
            MessageBody: Body,
            MessageGroupId: Attributes?.MessageGroupId,
            MessageDeduplicationId: `redrive-${MessageId}-${Attributes?.SequenceNumber ?? ""}`,
          }),
        );
        await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#address.deadUrl, ReceiptHandle }));
        count++;
      }
    }
    return count;
  }

  async #receiveDead(limit = BATCH_MAX): Promise<readonly Message[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#address.deadUrl,
        MaxNumberOfMessages: Math.min(BATCH_MAX, limit),
        WaitTimeSeconds: 0,
        MessageSystemAttributeNames: ["MessageGroupId", "SequenceNumber"],
      }),
    );
    return Messages;
  }

  #letGo({ ReceiptHandle }: Message): Promise<unknown> {
    return this.#sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#address.deadUrl,
        ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
  }

  async #counts(url: string): Promise<{ readonly waiting: number; readonly inFlight: number }> {
    const { Attributes } = await this.#sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return {
      waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }
}
