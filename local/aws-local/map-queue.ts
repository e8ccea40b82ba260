import { setImmediate as nextTurn } from "node:timers/promises";
import type { SqsDelivery, SqsQueue } from "#shared/adapters/aws/event-bus/sqs-queue.ts";
import type { LocalFunction } from "./start-function.ts";

export interface QueueMapping {
  readonly queue: SqsQueue;
  readonly target: Pick<LocalFunction, "call">;
  /** How long a receive waits for a message, s. */
  readonly waitSeconds: number;
}

/** What a function answers for a batch (`ReportBatchItemFailures`). */
interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Plays Lambda's event source mapping of a queue: a batch at a time; what the function does not name as failed is deleted, and nothing where the call fails. */
export function mapQueue({ queue, target, waitSeconds }: QueueMapping): { stop(): Promise<void> } {
  const abort = new AbortController();
  const run = async () => {
    while (!abort.signal.aborted) {
      try {
        const batch = await queue.receive(waitSeconds, abort.signal);
        if (batch.length === 0) continue;
        const { batchItemFailures } = (await target.call(queueEvent(batch))) as BatchAnswer;
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        await queue.remove(batch.filter((_, at) => !failed.has(idOf(at))));
      } catch {
        // The call failed, or this was stopped: what was received comes again. Not in this turn: what fails at once, again and again, leaves turns to everybody else.
        await nextTurn();
      }
    }
  };
  const running = run();
  return {
    stop: async () => {
      abort.abort();
      await running;
    },
  };
}

/** A batch as Lambda hands it to a function. */
export function queueEvent(batch: readonly SqsDelivery[]) {
  return {
    Records: batch.map(({ text, receives, receipt }, at) => ({
      messageId: idOf(at),
      receiptHandle: receipt,
      body: text,
      attributes: { ApproximateReceiveCount: String(receives) },
      messageAttributes: {},
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:local",
      awsRegion: "local",
    })),
  };
}

function idOf(at: number): string {
  return `message-${at}`;
}
