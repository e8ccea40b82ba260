import type { Clock } from "#shared/ports/clock.ts";
import type { LogMark, LogMarks } from "#shared/ports/log-marks.ts";
import type { Random } from "#shared/ports/random.ts";
import { backoffMs } from "./backoff.ts";
import { pause } from "./pause.ts";

export interface MarkKeeperOptions {
  readonly marks: LogMarks;
  readonly log: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Nothing was ever read of this log: its first record is marked before anything else happens. */
  readonly isNew: boolean;
}

/** Records of the stream between two marks: whoever starts anew reads at most so many that it does not need. */
const RECORDS_BETWEEN = 4096;
/** …and the newest mark is not older than this while records come: it must not fall out of the stream's retention. */
const AGE_MAX_MS = 600_000;

/** Decides which stream records are marked, and keeps the marks. */
export class MarkKeeper {
  readonly #options: MarkKeeperOptions;
  #passed = 0;
  #markedAt: number;
  #isFirst: boolean;
  #last: LogMark | undefined;
  #writing: Promise<void> | undefined;

  constructor(options: MarkKeeperOptions) {
    this.#options = options;
    this.#markedAt = options.clock.monotonic();
    this.#isFirst = options.isNew;
  }

  /** A record is come to, behind a position. True if a mark is kept there. */
  async pass(mark: LogMark, signal: AbortSignal): Promise<boolean> {
    this.#passed++;
    this.#last = mark;
    if (this.#isFirst) {
      // Without it, nobody could count from the beginning once the stream has forgotten that.
      await this.#keepFirst(mark, signal);
      this.#isFirst = false;
      return true;
    }
    const { clock, marks, log } = this.#options;
    const isDue = this.#passed >= RECORDS_BETWEEN || clock.monotonic() - this.#markedAt >= AGE_MAX_MS;
    // One at a time, and nobody waits for it: a mark that could not be written is made up for by the next.
    if (!isDue || this.#writing !== undefined) return false;
    this.#passed = 0;
    this.#markedAt = clock.monotonic();
    this.#writing = marks
      .put(log, mark)
      .catch(() => {
        this.#passed = RECORDS_BETWEEN;
      })
      .finally(() => {
        this.#writing = undefined;
      });
    return true;
  }

  /** Marks the last record that was come to: the next start begins there. Rejects when the mark cannot be kept. */
  async keepLast(): Promise<void> {
    const { marks, log, clock } = this.#options;
    if (this.#last === undefined) return;
    await marks.put(log, this.#last);
    this.#passed = 0;
    this.#markedAt = clock.monotonic();
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #keepFirst(mark: LogMark, signal: AbortSignal): Promise<void> {
    const { marks, log, clock, random } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await marks.put(log, mark);
        return;
      } catch {
        failures++;
        await pause(clock, backoffMs(failures, random), signal);
      }
    }
  }
}
