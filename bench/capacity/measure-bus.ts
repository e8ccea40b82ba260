import { startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import { startPostgres } from "#local/aws-local/start-postgres.ts";
import { startQueues } from "#local/aws-local/start-queues.ts";
import { ledgerHandler } from "#services/ledger/ledger-handler.ts";
import { busMessages } from "#services/publisher/bus-messages.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { createBus } from "#shared/adapters/aws/event-bus/create-bus.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { openPostgresLedger } from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";
import type { Delivery } from "#shared/ports/event-bus.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { hears } from "#shared/protocol/bus/consumers.ts";
import { productionFlow } from "../flows/production-flow.ts";
import { writeResult } from "../write-result.ts";
import { viewBefore } from "./room-messages.ts";

/**
 * `node bench/capacity/measure-bus.ts`: how fast a market's events leave through the adapters for SNS and SQS, event by event and in runs, where each publish takes as long as SNS is assumed to; and what the ledger spends on an event in
 * PostgreSQL. For `npm run capacity`; written to bench/results/bus.json.
 */
const COMMANDS = 20_000;
const ROUND_TRIP_MS = 20;
const SECONDS = 5;
const OUTCOMES_AT_ONCE = 200;

const clock = systemClock();
const fail = (error: unknown): never => {
  throw error;
};
const flow = productionFlow(COMMANDS);
const view = viewBefore(flow);
const told = flow.outcomes.map((outcome) => busMessages(outcome, true, (market) => view.market(market)));

const queues = await startQueues({ clock });
const proxy = await startFaultProxy({ target: queues.url, clock });
const direct = queueClients({ region: "us-east-1", local: queues });
const slow = queueClients({ region: "us-east-1", local: proxy });
const publish: { readonly how: string; readonly eventsPerSecond: number }[] = [];
try {
  proxy.add({ fault: { kind: "delay", delayMs: ROUND_TRIP_MS } });
  for (const [how, batches] of [
    ["an event a message", told.flat().map((message) => [message])],
    ["runs", chunks(told, OUTCOMES_AT_ONCE).map((some) => some.flat())],
  ] as const) {
    const addresses = await createBus(direct.sns, direct.sqs, busTopology(`bench${publish.length}`));
    const bus = createAwsEventBus({ ...slow, addresses, clock, onFailure: fail });
    publish.push({ how, eventsPerSecond: Math.round(await rateOf(bus.publish.bind(bus), batches)) });
    await bus.close();
  }
} finally {
  for (const client of [direct.sns, direct.sqs, slow.sns, slow.sqs]) client.destroy();
  await proxy.close();
  await queues.stop();
}

const postgres = await startPostgres(clock);
let ledgerMicrosPerEvent: { readonly events: number; readonly micros: number }[];
try {
  const ledger = await openPostgresLedger({ connectionString: postgres.connectionString });
  const handle = ledgerHandler({ ledger, onRefused: (_, error) => fail(error), onUnavailable: fail });
  const heard = told.flat().filter(({ event }) => hears("ledger", event.kind));
  ledgerMicrosPerEvent = [];
  let from = 0;
  for (const events of [10, 100, 1000]) {
    // Each is booked once: what the books know already costs less.
    const some = heard.slice(from, from + 1000);
    from += some.length;
    const begin = clock.monotonic();
    for (const batch of chunks(some, events)) await handle(batch.map(deliveryOf));
    const micros = (1000 * (clock.monotonic() - begin)) / some.length;
    ledgerMicrosPerEvent.push({ events, micros: Math.round(micros) });
  }
  await ledger.close();
} finally {
  await postgres.stop();
  await postgres.remove();
}

const figures = { command: "node bench/capacity/measure-bus.ts", roundTripMs: ROUND_TRIP_MS };
const result = { ...figures, publish, ledgerMicrosPerEvent };
process.stdout.write(`${JSON.stringify(result, null, 2)}\n${writeResult("bus", result)}\n`);

/** Events a second, one call after the other. */
async function rateOf(
  send: (messages: readonly BusMessage[]) => Promise<{ readonly ok: boolean }>,
  batches: readonly (readonly BusMessage[])[],
): Promise<number> {
  const begin = clock.monotonic();
  let events = 0;
  for (const batch of batches) {
    if (clock.monotonic() - begin > 1000 * SECONDS) break;
    const { ok } = await send(batch);
    if (!ok) throw new Error("the bus took no more");
    events += batch.length;
  }
  return (1000 * events) / (clock.monotonic() - begin);
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}

function deliveryOf(message: BusMessage): Delivery {
  return { message, receives: 1 };
}
