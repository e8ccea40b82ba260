import { Emitter } from "@socket.io/redis-emitter";
import { busMessages } from "#services/publisher/bus-messages.ts";
import { encodeAggregate, WRITER_ID_BYTES } from "#shared/adapters/aws/kinesis/aggregate.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { encodeBusMessage } from "#shared/protocol/bus/bus-message.ts";
import { CONSUMERS, kindsOf } from "#shared/protocol/bus/consumers.ts";
import type { ProductionFlow } from "../flows/production-flow.ts";
import { tellRoomMessages, viewBefore } from "./room-messages.ts";

/** What an order becomes on its way through the platform, counted on the bench's flow with the code that does it. Nothing is sent anywhere. */
export interface FlowFigures {
  readonly commands: number;
  readonly commandsPerOrder: number;
  readonly tradesPerOrder: number;
  /** Bytes that Kinesis counts of a command, by commands in a record. */
  readonly recordBytesPerCommand: readonly { readonly commands: number; readonly bytes: number }[];
  /** Messages of the event bus once an order is final, and their bytes. */
  readonly busMessagesPerOrder: number;
  readonly busBytesPerMessage: number;
  /** What the queues are handed of them, all consumers together. */
  readonly busDeliveriesPerOrder: number;
  /** Messages to rooms of users and of trades if somebody follows each, and their bytes on Redis. */
  readonly roomMessagesPerOrder: number;
  readonly roomBytesPerMessage: number;
}

const RECORDS = [1, 2, 10, 100, 1000];

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
    busMessagesPerOrder: rounded(bus.messages / orders),
    busBytesPerMessage: Math.round(bus.bytes / bus.messages),
    busDeliveriesPerOrder: rounded(bus.deliveries / orders),
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
  const view = viewBefore(flow);
  let [messages, bytes, deliveries] = [0, 0, 0];
  for (const outcome of flow.outcomes)
    for (const message of busMessages(outcome, true, (market) => view.market(market))) {
      messages++;
      bytes += Buffer.byteLength(encodeBusMessage(message));
      deliveries += CONSUMERS.filter((consumer) =>
        kindsOf(consumer, message.topic).includes(message.event.kind),
      ).length;
    }
  return { messages, bytes, deliveries };
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
