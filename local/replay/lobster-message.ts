import type { Side } from "#shared/domain/order.ts";
import { lineError, ReplayError } from "./replay-error.ts";

/** What LOBSTER's types 1 to 7 mean (its documentation, "Message File"). */
export const MESSAGE_KINDS = [
  "new",
  "partial-cancel",
  "delete",
  "execution",
  "hidden-execution",
  "cross",
  "halt",
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** One line of a LOBSTER message file. */
export interface LobsterMessage {
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly kind: MessageKind;
  /** The exchange's number of the order, as text. */
  readonly order: string;
  /** Shares. */
  readonly size: number;
  /** 10,000ths of a dollar. */
  readonly price: number;
  /** The side of the order named, which for an execution is the resting one. */
  readonly side: Side;
}

const LINE = /^(\d+(?:\.\d+)?),([1-7]),(-?\d{1,15}),(\d{1,15}),(-?\d{1,15}),(-?1|0)$/;

/** Reads a message file: time, type, order id, size, price, direction a line. Throws `ReplayError` that names the line. */
export function parseMessages(file: string, text: string): LobsterMessage[] {
  const messages = linesOf(text).map((line, at) => parseMessage(file, at + 1, line));
  if (messages.length === 0) throw new ReplayError("REPLAY_FILE", `${file} holds no messages.`);
  return messages;
}

/** Lines without their ends; an end of line at the end of the file begins no further line. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function parseMessage(file: string, line: number, text: string): LobsterMessage {
  const match = LINE.exec(text);
  if (match === null) {
    throw lineError(
      file,
      line,
      `not a LOBSTER message (time,type,order id,size,price,direction): "${text.slice(0, 80)}".`,
    );
  }
  const [, , type, order = "", size, price, direction] = match;
  const kind = MESSAGE_KINDS[Number(type) - 1] ?? "halt";
  const message = {
    line,
    kind,
    order,
    size: Number(size),
    price: Number(price),
    side: direction === "1" ? ("BUY" as const) : ("SELL" as const),
  };
  const isOrder = kind !== "cross" && kind !== "halt";
  if (isOrder && (message.size === 0 || message.price <= 0 || direction === "0")) {
    throw lineError(file, line, "an order has a size and a price above 0 and a direction of 1 or -1.");
  }
  return message;
}
