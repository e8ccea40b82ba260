import bus from "#bench/results/bus.json" with { type: "json" };
import engine from "#bench/results/engine.json" with { type: "json" };
import fanout from "#bench/results/fanout.json" with { type: "json" };
import flow from "#bench/results/flow.json" with { type: "json" };
import rest from "#bench/results/rest.json" with { type: "json" };
import stored from "#bench/results/stored-data.json" with { type: "json" };

/** A figure that was measured, and the command that measures it again. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly command: string;
}

/** Outcomes in a batch of the journal and in a step of the tables where a shard is busy. */
const BATCH = 200;
/** Outcomes of one of its ten markets in such a batch: what the bus is told at once. */
const BUS_AT_ONCE = 20;
/** Commands in a Kinesis record there. */
const RECORD = 100;

const batch = unitsInBatchesOf(BATCH);
const record = must(flow.recordBytesPerCommand.find(({ commands }) => commands === RECORD));
const deep = must(
  engine.rows.find((row) => row.flow === "deep" && row.contender === "Meridian, whole engine")
    ?.commandsPerCpuSecond,
);
const gateway = must(rest.rows.find(({ server }) => server.startsWith("Meridian")));

const ofFlow = (what: string, value: number, unit: string) => ({ what, value, unit, command: flow.command });
const ofStore = (what: string, value: number, unit: string) => ({
  what,
  value,
  unit,
  command: stored.command,
});

/** What everything else is computed from. All of one flow: 39 % cancels, limit orders around a price that wanders. */
export const MEASURED = {
  commandsPerOrder: ofFlow("commands for an order, its cancel included", flow.commandsPerOrder, ""),
  tradesPerOrder: ofFlow("trades for an order", flow.tradesPerOrder, ""),
  commandBytes: ofFlow(`a command on the log, ${RECORD} in a record`, record.bytes, "bytes"),
  busEvents: ofFlow("events on the event bus for an order", flow.busEventsPerOrder, ""),
  busTopicEvents: ofFlow("of them on the topic that has most", flow.busTopicEventsPerOrder, ""),
  busBytes: ofFlow("an event on the bus, many in a message", flow.busBytesPerEvent, "bytes"),
  busMessages: ofFlow(
    `messages on the event bus for an order, ${BUS_AT_ONCE} outcomes of a market at once`,
    runsOf(BUS_AT_ONCE).messagesPerOrder,
    "",
  ),
  busDeliveries: ofFlow(
    `messages that queues are handed for an order, ${BUS_AT_ONCE} outcomes of a market at once`,
    runsOf(BUS_AT_ONCE).deliveriesPerOrder,
    "",
  ),
  ledgerMicros: {
    what: "an event booked in PostgreSQL, a thousand in a transaction",
    value: must(bus.ledgerMicrosPerEvent.find(({ events }) => events === 1000)).micros,
    unit: "µs",
    command: bus.command,
  },
  roomMessages: ofFlow("messages to rooms for an order, if each is followed", flow.roomMessagesPerOrder, ""),
  roomBytes: ofFlow("a message to a room, on Redis", flow.roomBytesPerMessage, "bytes"),
  journalBytes: ofStore(`an outcome in the journal, ${BATCH} in a batch`, batch.journalBytes, "bytes"),
  journalUnits: ofStore("journal: write units for an order", batch.journalUnits, "units"),
  tableUnits: ofStore("orders, trades and candles: write units for an order", batch.tableUnits, "units"),
  stepUnits: ofStore("steps of the tables: write units for an order", batch.stepUnits, "units"),
  foldMicros: {
    what: "a command folded, 100,000 orders open",
    value: Number((1e6 / deep).toPrecision(3)),
    unit: "µs of a core",
    command: "npm run bench -- engine --runs 5",
  },
  emitMicros: {
    what: "a message emitted to a room over Redis",
    value: fanout.emitMicros,
    unit: "µs of a core",
    command: fanout.command,
  },
  hearMicros: {
    what: "a message that a gateway hears and nobody there follows",
    value: fanout.hearMicros,
    unit: "µs of a core",
    command: fanout.command,
  },
  gatewayOrders: {
    what: "orders over REST, authenticated to filled, one process with everything in it",
    value: gateway.ordersPerSecond,
    unit: "orders/s",
    command: "npm run bench -- rest --runs 3 --seconds 2",
  },
} as const satisfies Record<string, Measurement>;

/** What is stored of an order where so many outcomes share a batch: 1, 10, 50, 200 or 500 were measured. */
export function unitsInBatchesOf(outcomes: number) {
  const row = must(stored.rows.find((one) => one.outcomes === outcomes));
  return {
    journalBytes: row.journalBytesPerOutcome,
    journalUnits: row.journalUnitsPerOrder,
    tableUnits: row.tableUnitsPerOrder,
    stepUnits: row.stepUnitsPerOrder,
  };
}

/** What topics and queues are given where so many outcomes of a market are told at once: the next smaller number that was measured. */
export function runsOf(outcomes: number) {
  return must(flow.busRuns.findLast((row) => row.outcomes <= Math.max(1, outcomes)));
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("bench/results lacks a row that capacity is computed from");
  return value;
}
