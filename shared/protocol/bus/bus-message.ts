import type { Event } from "#shared/domain/event.ts";
import type { AssetId, CommandId } from "#shared/domain/ids.ts";
import { type EventName, type EventPlace, eventName } from "./event-name.ts";
import { TOPICS, type Topic } from "./topics.ts";

/** One event on its way to consumers. It carries all that they need: they read no log and no table of the shard. */
export interface BusMessage extends EventPlace {
  readonly name: EventName;
  readonly topic: Topic;
  /** What is told in order: a market, or `shard:<id>` for what belongs to none. */
  readonly group: string;
  /** The shard's time when it was folded, epoch ms. */
  readonly time: number;
  readonly commandId: CommandId | "";
  /** False for what happened in a fork: it may be undone, and never becomes final under this name. */
  readonly isFinal: boolean;
  readonly event: Event;
  /** Of a trade alone. */
  readonly amounts?: TradeAmounts;
  /** The trace that the command belongs to, as W3C writes it, where it is known. It means nothing for what the message says. */
  readonly traceparent?: string;
}

/** What changed hands in a trade, in smallest units: lots mean nothing without the market's definition. */
export interface TradeAmounts {
  readonly base: AssetId;
  readonly baseAmount: number;
  readonly quote: AssetId;
  readonly quoteAmount: number;
}

/** True for a message that is whole, and has the name of its place. Every number in it is a safe integer, so JSON keeps it exactly. */
export function isWholeMessage(message: BusMessage): boolean {
  return (
    TOPICS.includes(message.topic) &&
    typeof message.group === "string" &&
    typeof message.isFinal === "boolean" &&
    Number.isSafeInteger(message.seq) &&
    Number.isSafeInteger(message.index) &&
    Number.isSafeInteger(message.time) &&
    typeof message.event?.kind === "string" &&
    message.name === eventName(message)
  );
}
