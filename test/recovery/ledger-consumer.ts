import { ledgerHandler } from "#services/ledger/ledger-handler.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import type { BusAddresses } from "#shared/adapters/aws/event-bus/bus-addresses.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { openPostgresLedger } from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";

/** What the test tells the consumer that it starts. */
export interface ConsumerSetting {
  readonly queuesUrl: string;
  readonly addresses: BusAddresses;
  readonly connectionString: string;
}

// A ledger's consumer in a process of its own, which is killed as soon as the books hold its first batch and before the queue is told.
const { queuesUrl, addresses, connectionString } = JSON.parse(process.argv[2] ?? "") as ConsumerSetting;
const fail = (error: unknown): never => {
  throw error;
};
const ledger = await openPostgresLedger({ connectionString });
const handle = ledgerHandler({ ledger, onRefused: fail, onUnavailable: fail });
const bus = createAwsEventBus({
  ...queueClients({ region: "us-east-1", local: { url: queuesUrl } }),
  addresses,
  clock: systemClock(),
  waitSeconds: 1,
  onFailure: fail,
});
bus.consume("ledger", async (deliveries) => {
  await handle(deliveries);
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
});
