import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { LinkAnswer, LinkHandler, RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
import { type LinkFrame, linkFrameOf } from "#shared/protocol/link-frames.ts";
import { decodeValue, type WireValue } from "#shared/protocol/wire-value.ts";
import type { LinkQueue } from "./link-queue.ts";
import { LinkReceiver } from "./link-receiver.ts";
import { LinkSender } from "./link-sender.ts";

export interface SqsRegionLinkOptions {
  readonly self: RegionId;
  /** The own Region's queue, which nobody else reads; closed with the link. */
  readonly own: LinkQueue;
  /** The other Regions' queues; closed with the link. */
  readonly peers: ReadonlyMap<RegionId, LinkQueue>;
  readonly clock: Clock;
  readonly random: Random;
  /** A handler that threw: the asker hears only that there is no answer. */
  readonly onHandlerFailure: (kind: string, error: unknown) => void;
  /** Trouble with a queue, which is tried again or asked again. */
  readonly onTrouble: (error: unknown) => void;
}

export interface SqsRegionLink extends RegionLink {
  /** Everything under way is `unreachable` at once. */
  close(): Promise<void>;
}

type AnyHandler = (from: RegionId, request: unknown) => Promise<unknown>;

interface Pending {
  readonly to: RegionId;
  readonly resolve: (answer: LinkAnswer<unknown>) => void;
  readonly timer: Timer;
}

/** Requests under way at once; one more is `unreachable`. */
const IN_FLIGHT_MAX = 1000;
/** Requests of all peers that are worked on at once; more are dropped, as a network would. */
const HANDLING_MAX = 1000;
/** Nobody waits longer for an answer. */
const ANSWER_WITHIN_MS = 15_000;

const UNREACHABLE = { ok: false, error: "unreachable" } as const;

/** A link over queues: what this Region asks goes into the other Region's queue, and the answer comes back into its own. Everything that goes to one Region within a moment shares a message. */
export function openSqsRegionLink(options: SqsRegionLinkOptions): SqsRegionLink {
  return new QueueLink(options);
}

class QueueLink implements SqsRegionLink {
  readonly self: RegionId;
  readonly #options: SqsRegionLinkOptions;
  readonly #handlers = new Map<string, AnyHandler>();
  readonly #pending = new Map<number, Pending>();
  readonly #senders: ReadonlyMap<string, LinkSender>;
  readonly #receiver: LinkReceiver;
  /** Numbers begin somewhere else in each process: an answer to the task before this one finds nobody who waits for it. */
  #lastNumber: number;
  #handling = 0;
  #isClosed = false;

  constructor(options: SqsRegionLinkOptions) {
    const { self, own, peers, clock, random, onTrouble } = options;
    this.self = self;
    this.#options = options;
    this.#lastNumber = Buffer.from(random.bytes(6)).readUIntBE(0, 6);
    const nextLetter = () => ++this.#lastNumber;
    this.#senders = new Map(
      [...peers].map(([region, queue]) => [
        region as string,
        new LinkSender({ queue, from: self, nextLetter, clock, onTrouble }),
      ]),
    );
    const onFrame = (from: string, bytes: Uint8Array) => this.#take(from, bytes);
    this.#receiver = new LinkReceiver({ queue: own, clock, random, onFrame, onTrouble });
  }

  request<K extends keyof LinkProtocol>(
    to: RegionId,
    kind: K,
    request: LinkProtocol[K]["request"],
    timeoutMs: number,
  ): Promise<LinkAnswer<LinkProtocol[K]["answer"]>> {
    const sender = this.#senders.get(to);
    assert(sender !== undefined, `${to} is no peer of ${this.self}`);
    // What the peer's handler gave comes back as it was: both sides run the same protocol.
    return this.#ask(to, sender, kind, request, timeoutMs) as Promise<LinkAnswer<LinkProtocol[K]["answer"]>>;
  }

  serve<K extends keyof LinkProtocol>(kind: K, handler: LinkHandler<K>): void {
    assert(!this.#handlers.has(kind), `${kind} has a handler already`);
    this.#handlers.set(kind, handler as AnyHandler);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const id of [...this.#pending.keys()]) this.#settle(id, UNREACHABLE);
    for (const sender of this.#senders.values()) sender.close();
    await this.#receiver.close();
    for (const queue of [this.#options.own, ...this.#options.peers.values()]) queue.close();
  }

  #ask(
    to: RegionId,
    sender: LinkSender,
    kind: string,
    body: unknown,
    timeoutMs: number,
  ): Promise<LinkAnswer<unknown>> {
    if (this.#isClosed || this.#pending.size >= IN_FLIGHT_MAX) return Promise.resolve(UNREACHABLE);
    return new Promise((resolve) => {
      const id = ++this.#lastNumber;
      const timer = this.#options.clock.schedule(timeoutMs, () => this.#settle(id, UNREACHABLE));
      this.#pending.set(id, { to, resolve, timer });
      if (!sender.send({ t: "ask", id, from: this.self, kind, body }, timeoutMs))
        this.#settle(id, UNREACHABLE);
    });
  }

  #take(from: string, bytes: Uint8Array): void {
    const frame = frameOf(bytes);
    if (this.#isClosed || frame === undefined) return;
    if (frame.t === "ask") {
      if (frame.from === from && this.#handling < HANDLING_MAX) void this.#answer(frame, from);
      return;
    }
    // Late or doubled answers name a request that nobody waits for any more.
    if (this.#pending.get(frame.id)?.to !== from) return;
    this.#settle(frame.id, frame.t === "answer" ? { ok: true, answer: frame.body } : UNREACHABLE);
  }

  async #answer(
    { id, kind, body }: { readonly id: number; readonly kind: string; readonly body: WireValue },
    from: string,
  ): Promise<void> {
    const sender = this.#senders.get(from);
    const handler = this.#handlers.get(kind);
    if (sender === undefined) return;
    this.#handling++;
    try {
      const frame =
        handler === undefined
          ? { t: "none", id }
          : { t: "answer", id, body: await handler(from as RegionId, body) };
      sender.send(frame, ANSWER_WITHIN_MS);
    } catch (error) {
      sender.send({ t: "none", id }, ANSWER_WITHIN_MS);
      this.#options.onHandlerFailure(kind, error);
    } finally {
      this.#handling--;
    }
  }

  #settle(id: number, answer: LinkAnswer<unknown>): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.timer.cancel();
    pending.resolve(answer);
  }
}

function frameOf(bytes: Uint8Array): LinkFrame | undefined {
  try {
    return linkFrameOf(decodeValue(bytes));
  } catch (error) {
    if (error instanceof DecodingError) return undefined;
    throw error;
  }
}
