import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type BusHandler, DEFAULT_QUEUE_SETTINGS } from "#shared/ports/event-bus.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { Instrumented } from "./instrumented.ts";
import { handleQueueBatch } from "./queue-batch.ts";

export interface QueueFunctionOptions {
  readonly consumer: Consumer;
  readonly handle: BusHandler;
  readonly instrumented: Instrumented;
  /** What it does when something else than its queue calls it: a schedule, or a table that changed. */
  readonly onWake?: () => Promise<void>;
}

export type QueueFunction = (event: SQSEvent | object, context: Context) => Promise<SQSBatchResponse | null>;

/** A consumer of the bus as a Lambda function behind its queue. */
export function queueFunction({
  consumer,
  handle,
  instrumented,
  onWake,
}: QueueFunctionOptions): QueueFunction {
  const { receivesMax } = DEFAULT_QUEUE_SETTINGS;
  const onError = (error: unknown) => instrumented.log.error("batch-failed", { error });
  return (event, context) =>
    instrumented.run(context, async () => {
      if (isOfQueue(event))
        return handleQueueBatch(event, handle, { consumer, receivesMax, onError, context });
      await onWake?.();
      return null;
    });
}

function isOfQueue(event: SQSEvent | object): event is SQSEvent {
  return "Records" in event && (event as SQSEvent).Records[0]?.eventSource === "aws:sqs";
}
