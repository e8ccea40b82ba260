import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { type DeliverOptions, deliver } from "#shared/adapters/bus/deliver.ts";
import type { BusHandler } from "#shared/ports/event-bus.ts";

/** Of a message that is not done with: it comes again. */
class NotDone extends Error {
  override readonly name = "NotDone";
}

/**
 * Hands a batch of a FIFO queue to a handler of the bus, with a partial batch response (`ReportBatchItemFailures`): of a group its first failure and all behind it are named. The handler gets the whole batch, as in a task (`deliver`), so that the
 * ledger writes it in one transaction; Powertools' own FIFO processor goes message by message, and would hold those behind a message that failed for the last time until they follow it into the dead-letter queue.
 */
export async function handleQueueBatch(
  event: SQSEvent,
  handle: BusHandler,
  options: DeliverOptions & { readonly context?: Context },
): Promise<SQSBatchResponse> {
  const batch = event.Records.map(({ messageId, body, attributes }) => ({
    messageId,
    text: body,
    receives: Number(attributes.ApproximateReceiveCount),
  }));
  const done = new Set((await deliver(batch, handle, options)).map(({ messageId }) => messageId));
  const record = async ({ messageId }: SQSRecord) => {
    if (!done.has(messageId)) throw new NotDone(messageId);
  };
  return processPartialResponse(event, record, new BatchProcessor(EventType.SQS), {
    ...(options.context === undefined ? {} : { context: options.context }),
    processInParallel: false,
    // A batch of which nothing was done is an answer too: an error would count as one of the function's.
    throwOnFullBatchFailure: false,
  });
}
