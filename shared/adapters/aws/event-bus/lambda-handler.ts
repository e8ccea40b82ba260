import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type DeliverOptions, deliver } from "#shared/adapters/bus/deliver.ts";
import type { BusHandler } from "#shared/ports/event-bus.ts";

/**
 * A handler of the bus as the handler of a function on its queue, with partial batch responses (`ReportBatchItemFailures`). Of a FIFO queue the service wants the first failure of a group and all behind it named: so it gets whatever is not done.
 */
export function lambdaHandler(
  handle: BusHandler,
  options: DeliverOptions,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records }) => {
    const batch = Records.map(({ messageId, body, attributes }) => ({
      messageId,
      text: body,
      receives: Number(attributes.ApproximateReceiveCount),
    }));
    const done = new Set(await deliver(batch, handle, options));
    return {
      batchItemFailures: batch
        .filter((raw) => !done.has(raw))
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  };
}
