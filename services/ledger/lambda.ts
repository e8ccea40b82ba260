import { Instrumented } from "#shared/adapters/aws/lambda/instrumented.ts";
import { openLedgerBySecret } from "#shared/adapters/aws/lambda/open-ledger-by-secret.ts";
import { queueFunction } from "#shared/adapters/aws/lambda/queue-function.ts";
import { kept } from "#shared/adapters/real/kept.ts";
import { readServiceConfig } from "#shared/config/service-config.ts";
import { ledgerHandler } from "./ledger-handler.ts";

const config = readServiceConfig("ledger", process.env);
const instrumented = new Instrumented("ledger", config.MERIDIAN_LOG);
const { log } = instrumented;

const ledger = kept(() =>
  openLedgerBySecret({
    region: config.MERIDIAN_REGION,
    host: config.MERIDIAN_LEDGER_HOST,
    secretArn: config.MERIDIAN_LEDGER_SECRET,
    onConnectionLost: (error) => log.warn("ledger-connection-lost", { error }),
  }),
);

/** The ledger behind its queue: a batch is one database transaction, and an event that the books know by its name is passed over. */
export const handler = queueFunction({
  consumer: "ledger",
  instrumented,
  handle: async (deliveries) =>
    ledgerHandler({
      ledger: await ledger(),
      onRefused: (event, error) => log.error("ledger-refused", { event, error }),
      onUnavailable: (error) => log.warn("ledger-unavailable", { error }),
    })(deliveries),
});
