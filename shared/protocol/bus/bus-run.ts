import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { assert } from "#shared/domain/invariant.ts";
import { type BusMessage, isWholeMessage } from "./bus-message.ts";
import { type EventName, eventName } from "./event-name.ts";

declare const brand: unique symbol;
/** `crypto-1/us-east-1.1/42/0..57/3`: the first and the last event of a run; of one event, its name alone. */
export type RunName = string & { readonly [brand]: "RunName" };

/**
 * Events of one group (a market) that came over one topic one after the other on one branch, none left out: what stands in one message of the bus (docs/protocol/event-bus.md). The fold is deterministic, so two runs of one
 * name hold the same events; runs that were formed differently have different names, and hold some events twice between them.
 */
export interface BusRun {
  readonly name: RunName;
  readonly messages: readonly [BusMessage, ...BusMessage[]];
  /** As it stands in the message. */
  readonly text: string;
  readonly bytes: number;
}

export interface RunLimits {
  readonly eventsMax: number;
  /** Of a run's text. An event that is larger stands alone. */
  readonly bytesMax: number;
}

/** A call of a function brings ten runs: so many events are handled well within its time. */
export const RUN_EVENTS_MAX = 100;

/** Version of the form of a message on the bus. Version 1 was one event alone. */
const VERSION = 2;

/** What the events of a run have in common. */
type Shared = Pick<BusMessage, "topic" | "group" | "shard" | "branch" | "isFinal">;
/** What each of them has for itself; its name is made of both. */
type Own = Omit<BusMessage, keyof Shared | "name">;

/** The runs of messages that come one after the other: as long as they may be, in order within each topic's group. */
export function busRuns(messages: readonly BusMessage[], limits: RunLimits): BusRun[] {
  const open = new Map<string, OpenRun>();
  const runs: OpenRun[] = [];
  for (const message of messages) {
    const line = lineOf(message);
    let run = open.get(line);
    if (run === undefined || !run.take(message, limits)) {
      run = new OpenRun(message);
      open.set(line, run);
      runs.push(run);
    }
  }
  return runs.map((run) => run.close());
}

/** What is kept in order: a group of a topic. */
export function lineOf({ topic, group }: Pick<BusMessage, "topic" | "group">): string {
  return `${topic}/${group}`;
}

/** The events of a message. Throws `DecodingError` for anything that no version of this wrote: it ends in the dead-letter queue. */
export function decodeBusRun(text: string): readonly [BusMessage, ...BusMessage[]] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DecodingError("a message of the bus is no JSON");
  }
  if (typeof value !== "object" || value === null || !("version" in value))
    throw new DecodingError("a message of the bus has no version");
  const { version, ...content } = value as { readonly version: unknown };
  if (version === 1) return [whole(content as BusMessage)];
  if (version !== VERSION) throw new DecodingError(`unknown version ${String(version)} of a message`);
  const { events, ...shared } = content as Shared & { readonly events: readonly Own[] };
  if (!Array.isArray(events)) throw new DecodingError("a message of the bus has no events");
  let last: BusMessage | undefined;
  const [first, ...others] = events.map((own: Own) => {
    if (typeof own !== "object" || own === null) throw new DecodingError("an event of the bus is not whole");
    const message = { ...shared, ...own, ...traceOf(own, last) };
    last = whole({ ...message, name: eventName(message) });
    return last;
  });
  if (first === undefined) throw new DecodingError("a message of the bus has no events");
  return [first, ...others];
}

function whole(message: BusMessage): BusMessage {
  if (!isWholeMessage(message)) throw new DecodingError("a message of the bus is not whole");
  return message;
}

class OpenRun {
  readonly #shared: Shared;
  readonly #head: string;
  readonly #messages: BusMessage[] = [];
  readonly #own: string[] = [];
  #bytes: number;

  /** Begins with its first event, however large that is. */
  constructor(message: BusMessage) {
    const { topic, group, shard, branch, isFinal } = message;
    this.#shared = { topic, group, shard, branch, isFinal };
    this.#head = `${JSON.stringify({ version: VERSION, ...this.#shared }).slice(0, -1)},"events":[`;
    const own = JSON.stringify(ownOf(message));
    this.#bytes = Buffer.byteLength(this.#head) + Buffer.byteLength(own) + TAIL.length;
    this.#messages.push(message);
    this.#own.push(own);
  }

  /** Takes what follows, if it belongs here and there is room. */
  take(message: BusMessage, { eventsMax, bytesMax }: RunLimits): boolean {
    const { shard, branch, isFinal } = message;
    const isSame =
      shard === this.#shared.shard && branch === this.#shared.branch && isFinal === this.#shared.isFinal;
    const last = this.#messages.at(-1);
    const isOfOneTrace = last?.seq !== message.seq || last.traceparent === message.traceparent;
    if (!isSame || !isOfOneTrace || this.#messages.length >= eventsMax) return false;
    const own = JSON.stringify(ownOf(message, last));
    const bytes = this.#bytes + 1 + Buffer.byteLength(own);
    if (bytes > bytesMax) return false;
    assert(last === undefined || isBehind(message, last), `${message.name} follows ${last?.name} in its run`);
    this.#bytes = bytes;
    this.#messages.push(message);
    this.#own.push(own);
    return true;
  }

  close(): BusRun {
    const [first, ...others] = this.#messages;
    assert(first !== undefined, "a run has an event");
    return {
      name: runName(first.name, others.at(-1)),
      messages: [first, ...others],
      text: `${this.#head}${this.#own.join(",")}${TAIL}`,
      bytes: this.#bytes,
    };
  }
}

const TAIL = "]}";

function runName(first: EventName, last: BusMessage | undefined): RunName {
  return (last === undefined ? first : `${first}..${last.seq}/${last.index}`) as string as RunName;
}

function isBehind(one: BusMessage, other: BusMessage): boolean {
  return one.seq > other.seq || (one.seq === other.seq && one.index > other.index);
}

/** The trace of a command stands with the first of its events. */
function ownOf(
  { topic, group, shard, branch, isFinal, name, traceparent, ...own }: BusMessage,
  last?: BusMessage,
): Own {
  return traceparent === undefined || last?.seq === own.seq ? own : { ...own, traceparent };
}

function traceOf({ seq, traceparent }: Own, last: BusMessage | undefined): Pick<BusMessage, "traceparent"> {
  const trace = last?.seq === seq ? last.traceparent : traceparent;
  return trace === undefined ? {} : { traceparent: trace };
}
