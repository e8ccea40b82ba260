import type { Clock, Timer } from "#shared/ports/clock.ts";
import { encodeValue } from "#shared/protocol/wire-value.ts";
import { LETTER_BYTES_MAX, PART_BYTES_MAX, textsOf } from "./link-messages.ts";

export interface LinkSenderOptions {
  readonly queue: { send(text: string): Promise<void> };
  /** The Region that sends. */
  readonly from: string;
  /** A number for each letter that the sender never used before, in any process. */
  readonly nextLetter: () => number;
  readonly clock: Clock;
  /** A letter, or a part of it, that could not be sent: it is lost. */
  readonly onTrouble: (error: unknown) => void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  /** After this, by the monotonic clock, nobody wants it any more. */
  readonly until: number;
}

/** What is to be sent within so short a time goes together: a message is what SQS counts. */
const LINGER_MS = 10;
/** Letters under way at once. What comes meanwhile goes with the next: the busier, the fuller. */
const SENDS_MAX = 2;
const PARTS_AT_ONCE = 8;
/** With so much waiting, more is refused. */
const WAITING_BYTES_MAX = 2 * LETTER_BYTES_MAX;

/** Sends frames to one other Region, many in one message. Promises nothing: what is lost is asked for again. */
export class LinkSender {
  readonly #options: LinkSenderOptions;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #sending = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: LinkSenderOptions) {
    this.#options = options;
  }

  /** False where it takes no more. `withinMs`: how long anybody waits for it. */
  send(frame: object, withinMs: number): boolean {
    const bytes = encodeValue(frame);
    // Some bytes more for the list that it stands in.
    const isTooLong = bytes.length + 64 > LETTER_BYTES_MAX;
    if (this.#isClosed || isTooLong || this.#waitingBytes + bytes.length > WAITING_BYTES_MAX) return false;
    this.#waiting.push({ bytes, until: this.#options.clock.monotonic() + withinMs });
    this.#waitingBytes += bytes.length;
    if (this.#sending < SENDS_MAX)
      this.#timer ??= this.#options.clock.schedule(LINGER_MS, () => this.#flush());
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#waiting = [];
  }

  #flush(): void {
    this.#timer = undefined;
    while (this.#sending < SENDS_MAX) {
      const frames = this.#take();
      if (frames.length === 0 || this.#isClosed) return;
      this.#sending++;
      void this.#post(frames).finally(() => {
        this.#sending--;
        this.#flush();
      });
    }
  }

  /** The next letter: as many frames as one message holds, or one that needs several. */
  #take(): Uint8Array[] {
    const now = this.#options.clock.monotonic();
    const frames: Uint8Array[] = [];
    let length = 0;
    let taken = 0;
    for (const { bytes, until } of this.#waiting) {
      if (until > now) {
        if (frames.length > 0 && length + bytes.length > PART_BYTES_MAX) break;
        frames.push(bytes);
        length += bytes.length;
      }
      taken++;
      this.#waitingBytes -= bytes.length;
    }
    this.#waiting = this.#waiting.slice(taken);
    return frames;
  }

  async #post(frames: readonly Uint8Array[]): Promise<void> {
    const { queue, from, nextLetter, onTrouble } = this.#options;
    const texts = textsOf(frames, from, nextLetter());
    try {
      while (texts.length > 0)
        await Promise.all(texts.splice(0, PARTS_AT_ONCE).map((text) => queue.send(text)));
    } catch (error) {
      if (!this.#isClosed) onTrouble(error);
    }
  }
}
