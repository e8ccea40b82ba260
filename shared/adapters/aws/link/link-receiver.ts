import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import { backoffMs } from "../kinesis/backoff.ts";
import { pause } from "../kinesis/pause.ts";
import { Letters } from "./letters.ts";
import { framesOf, partOf } from "./link-messages.ts";
import type { ReceivedMessage } from "./link-queue.ts";

export interface LinkReceiverOptions {
  readonly queue: {
    receive(signal: AbortSignal): Promise<readonly ReceivedMessage[]>;
    remove(messages: readonly ReceivedMessage[]): Promise<void>;
  };
  readonly clock: Clock;
  readonly random: Random;
  /** A frame that came, still encoded, and the Region that says that it sent it. */
  readonly onFrame: (from: string, frame: Uint8Array) => void;
  /** Trouble that is tried again, and messages that are none of the link's. */
  readonly onTrouble: (error: unknown) => void;
}

/** Receives under way at once: while one brings messages the other waits for more. */
const RECEIVES = 2;
/** Deletions under way; more are waited for. */
const REMOVALS_MAX = 8;

/** Reads the own Region's queue. A message is deleted before it is worked on: the link may lose messages, and whoever lacks an answer asks again. */
export class LinkReceiver {
  readonly #options: LinkReceiverOptions;
  readonly #controller = new AbortController();
  readonly #letters = new Letters();
  readonly #removals = new Set<Promise<void>>();
  readonly #running: readonly Promise<void>[];

  constructor(options: LinkReceiverOptions) {
    this.#options = options;
    this.#running = Array.from({ length: RECEIVES }, () => this.#run());
  }

  /** Resolves when nothing is read or deleted any more. */
  async close(): Promise<void> {
    this.#controller.abort();
    await Promise.all(this.#running);
    await Promise.all(this.#removals);
  }

  async #run(): Promise<void> {
    const { queue, clock, random, onTrouble } = this.#options;
    const { signal } = this.#controller;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const messages = await queue.receive(signal);
        failures = 0;
        if (messages.length === 0) continue;
        this.#remove(messages);
        for (const { text } of messages) this.#take(text);
        if (this.#removals.size >= REMOVALS_MAX) await Promise.race(this.#removals);
      } catch (error) {
        if (signal.aborted) return;
        onTrouble(error);
        await pause(clock, backoffMs(++failures, random), signal);
      }
    }
  }

  #remove(messages: readonly ReceivedMessage[]): void {
    const removal = this.#options.queue
      .remove(messages)
      .catch((error: unknown) => {
        if (!this.#controller.signal.aborted) this.#options.onTrouble(error);
      })
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  #take(text: string): void {
    const { onFrame, onTrouble } = this.#options;
    const part = partOf(text);
    if (part === undefined) {
      onTrouble(new Error("a message in the link's queue is none of the link's"));
      return;
    }
    const letter = this.#letters.take(part);
    if (letter === undefined) return;
    for (const frame of framesOf(letter)) onFrame(part.from, frame);
  }
}
