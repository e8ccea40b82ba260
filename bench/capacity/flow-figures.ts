import { Emitter } from "@socket.io/redis-emitter";
import { busMessages } from "#services/publisher/bus-messages.ts";
import { encodeAggregate, WRITER_ID_BYTES } from "#shared/adapters/aws/kinesis/aggregate.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { busRuns, RUN_EVENTS_MAX } from "#shared/protocol/bus/bus-run.ts";
import { CONSUMERS, hears } from "#shared/protocol/bus/consumers.ts";
import { TOPICS } from "#shared/protocol/bus/topics.ts";
import type { ProductionFlow } from "../flows/production-flow.ts";
import { tellRoomMessages, viewBefore } from "./room-messages.ts";

/** What an order becomes on its way through the platform, counted on the bench's flow with the code that does it. Nothing is sent anywhere. */
export interface FlowFigures {
  readonly commands: number;
  readonly commandsPerOrder: number;
  readonly tradesPerOrder: number;
  /** Bytes that Kinesis counts of a command, by commands in a record. */
  readonly recordBytesPerCommand: readonly { readonly commands: number; readonly bytes: number }[];
  /** Events on the event bus once an order is final; on the topic that has most of them; and their bytes, where many share a message. */
  readonly busEventsPerOrder: number;
  readonly busTopicEventsPerOrder: number;
  readonly busBytesPerEvent: number;
  /** What becomes of them if so many outcomes of a market are told at once. */
  readonly busRuns: readonly BusRunFigures[];
  /** Messages to rooms of users and of trades if somebody follows each, and their bytes on Redis. */
  readonly roomMessagesPerOrder: number;
  readonly roomBytesPerMessage: number;
}

export interface BusRunFigures {
  readonly outcomes: number;
  /** Runs that topics are given, and that queues are handed of them, all consumers together. */
  readonly messagesPerOrder: number;
  readonly deliveriesPerOrder: number;
  /** Events in the runs that the ledger's queue is handed, those that it does not hear of too. */
  readonly ledgerEventsPerOrder: number;
}

const RECORDS = [1, 2, 10, 100, 1000];
const TOLD_AT_ONCE = [1, 2, 5, 10, 20, 50, 200];
/** A batch of SNS, which one market has to itself. */
const RUN_LIMITS = { eventsMax: RUN_EVENTS_MAX, bytesMax: 240 * 1024 };

export function flowFigures(flow: ProductionFlow): FlowFigures {
  const { orders, trades, commands } = flow;
  const bus = busFigures(flow);
  const rooms = roomFigures(flow);
  const encoded = commands.map(encodeCommand);
  return {
    commands: commands.length,
    commandsPerOrder: rounded(commands.length / orders),
    tradesPerOrder: rounded(trades / orders),
    recordBytesPerCommand: RECORDS.map((size) => ({
      commands: size,
      bytes: rounded(recordBytes(encoded, size)),
    })),
    ...bus,
    roomMessagesPerOrder: rounded(rooms.messages / orders),
    roomBytesPerMessage: Math.round(rooms.bytes / rooms.messages),
  };
}

function recordBytes(commands: readonly Uint8Array[], size: number): number {
  const writer = new Uint8Array(WRITER_ID_BYTES);
  let bytes = 0;
  for (let at = 0; at < commands.length; at += size)
    bytes += encodeAggregate({ writer, flush: at, commands: commands.slice(at, at + size) }).length;
  return bytes / commands.length;
}

function busFigures(flow: ProductionFlow) {
  const { orders } = flow;
  const view = viewBefore(flow);
  const told = flow.outcomes.map((outcome) => busMessages(outcome, true, (market) => view.market(market)));
  const all = told.flat();
  const largest = busRuns(all, RUN_LIMITS);
  return {
    busEventsPerOrder: rounded(all.length / orders),
    busTopicEventsPerOrder: rounded(
      Math.max(...TOPICS.map((topic) => all.filter((message) => message.topic === topic).length)) / orders,
    ),
    busBytesPerEvent: Math.round(largest.reduce((sum, { bytes }) => sum + bytes, 0) / all.length),
    busRuns: TOLD_AT_ONCE.map((outcomes) => runFigures(told, outcomes, orders)),
  };
}

function runFigures(
  told: readonly (readonly BusMessage[])[],
  outcomes: number,
  orders: number,
): BusRunFigures {
  let [messages, deliveries, ledgerEvents] = [0, 0, 0];
  for (let at = 0; at < told.length; at += outcomes)
    for (const run of busRuns(told.slice(at, at + outcomes).flat(), RUN_LIMITS)) {
      const hearers = CONSUMERS.filter((one) => run.messages.some(({ event }) => hears(one, event.kind)));
      messages++;
      deliveries += hearers.length;
      if (hearers.includes("ledger")) ledgerEvents += run.messages.length;
    }
  return {
    outcomes,
    messagesPerOrder: rounded(messages / orders),
    deliveriesPerOrder: rounded(deliveries / orders),
    ledgerEventsPerOrder: rounded(ledgerEvents / orders),
  };
}

/** As a matching task emits them over Redis. */
function roomFigures(flow: ProductionFlow) {
  let [messages, bytes] = [0, 0];
  const emitter = new Emitter({
    publish: (channel: string, message: Buffer) => {
      messages++;
      bytes += Buffer.byteLength(channel) + message.length;
    },
  });
  tellRoomMessages(flow, (room, event, message) => emitter.to(room).emit(event, message));
  return { messages, bytes };
}

function rounded(figure: number): number {
  return Number(figure.toPrecision(4));
}
