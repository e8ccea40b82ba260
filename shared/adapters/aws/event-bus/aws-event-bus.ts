import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { decodeOrUndefined, deliver, heardOf } from "#shared/adapters/bus/deliver.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import {
  type Backlog,
  type BusHandler,
  DEFAULT_QUEUE_SETTINGS,
  type EventBus,
  type PublishResult,
  type QueueSettings,
} from "#shared/ports/event-bus.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { BusAddresses } from "./bus-addresses.ts";
import { failureOf } from "./bus-errors.ts";
import { SnsPublisher } from "./sns-publisher.ts";
import { SqsQueue } from "./sqs-queue.ts";

export interface AwsEventBusOptions {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly addresses: BusAddresses;
  readonly clock: Clock;
  /** As the queues were made with. */
  readonly settings?: Pick<QueueSettings, "receivesMax">;
  /** How long a receive waits for a message, s; 20 where nothing is said. */
  readonly waitSeconds?: number;
  /** A fault of the set-up under a consumer: the task must stop. */
  readonly onFailure: (error: unknown) => void;
  /** A handler threw: its batch comes again. */
  readonly onHandlerError?: (consumer: Consumer, error: unknown) => void;
}

const WAIT_SECONDS = 20;
/** Between tries while SQS does not answer. */
const RETRY_MS = 500;

/** The bus on SNS FIFO topics and SQS FIFO queues. The clients are the caller's: closing the bus leaves them open. */
export function createAwsEventBus(options: AwsEventBusOptions): EventBus {
  return new AwsEventBus(options);
}

class AwsEventBus implements EventBus {
  readonly #options: AwsEventBusOptions;
  readonly #publisher: SnsPublisher;
  readonly #running = new Set<() => void>();

  constructor(options: AwsEventBusOptions) {
    this.#options = options;
    this.#publisher = new SnsPublisher(options.sns, options.addresses, options.clock);
  }

  publish(messages: readonly BusMessage[]): Promise<PublishResult> {
    return this.#publisher.publish(messages);
  }

  /** In a task of its own; on AWS the functions are called by an event source mapping instead (../lambda/queue-function.ts). */
  consume(consumer: Consumer, handle: BusHandler): Subscription {
    const abort = new AbortController();
    const cancel = () => {
      abort.abort();
      this.#running.delete(cancel);
    };
    this.#running.add(cancel);
    void this.#run(consumer, handle, abort.signal);
    return { cancel };
  }

  backlog(consumer: Consumer): Promise<Backlog> {
    return this.#queue(consumer).backlog();
  }

  async dead(consumer: Consumer, limit: number): Promise<readonly (readonly BusMessage[] | undefined)[]> {
    const texts = await this.#queue(consumer).dead(limit);
    return texts.map(decodeOrUndefined).map((run) => run && heardOf(consumer, run));
  }

  redrive(consumer: Consumer, limit = Number.MAX_SAFE_INTEGER): Promise<number> {
    return this.#queue(consumer).redrive(limit);
  }

  async close(): Promise<void> {
    for (const cancel of [...this.#running]) cancel();
  }

  async #run(consumer: Consumer, handle: BusHandler, signal: AbortSignal): Promise<void> {
    const { clock, onFailure, onHandlerError, waitSeconds = WAIT_SECONDS } = this.#options;
    const { receivesMax } = this.#options.settings ?? DEFAULT_QUEUE_SETTINGS;
    const queue = this.#queue(consumer);
    while (!signal.aborted) {
      try {
        const batch = await queue.receive(waitSeconds, signal);
        if (batch.length === 0) continue;
        const done = await deliver(batch, handle, {
          consumer,
          receivesMax,
          onError: (error) => onHandlerError?.(consumer, error),
        });
        if (done.length > 0) await queue.remove(done);
      } catch (error) {
        if (signal.aborted) return;
        try {
          failureOf(error);
        } catch {
          onFailure(error);
          return;
        }
        await new Promise<void>((resolve) => clock.schedule(RETRY_MS, resolve));
      }
    }
  }

  #queue(consumer: Consumer): SqsQueue {
    return new SqsQueue(this.#options.sqs, this.#options.addresses.queues[consumer]);
  }
}
