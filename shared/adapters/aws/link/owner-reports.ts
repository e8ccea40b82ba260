import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { isBeyond, type Watermark } from "#shared/domain/lineage.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { LogReadRequest, TapeDigest } from "#shared/protocol/link.ts";

export interface OwnerReportsOptions {
  readonly link: RegionLink;
  readonly owner: RegionId;
  readonly shard: ShardId;
  readonly clock: Clock;
  /** The owner has said something new of what is final. */
  readonly onNews: () => void;
}

type Said = Pick<LogReadRequest, "epoch" | "held">;

/** Between two reports at least; what has changed meanwhile is in the next. */
const GAP_MS = 100;
/** With nothing new to say it is asked so often whether the owner is there. */
const KEEP_MS = 1000;
const TIMEOUT_MS = 3000;
/** After so long without being told anything, nobody follows the owner any more. */
const FOLLOWED_MS = 10_000;
const DIGESTS_MAX = 256;

/** Tells a shard's owner what this Region holds of its log, and hears from it what is final: one message at a time. */
export class OwnerReports {
  readonly #options: OwnerReportsOptions;
  #next: Said = { epoch: 0, held: 0 };
  #said: Said | undefined;
  #digests: readonly TapeDigest[] = [];
  #watermark: Watermark | undefined;
  #isUnderWay = false;
  #toldAt: number;
  #heardAt: number;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: OwnerReportsOptions) {
    this.#options = options;
    this.#toldAt = options.clock.monotonic();
    this.#heardAt = Number.NEGATIVE_INFINITY;
  }

  /** What is final, as the owner said last. */
  get watermark(): Watermark | undefined {
    return this.#watermark;
  }

  /** Ms since the owner answered; infinite where it never did. */
  silenceMs(): number {
    return this.#options.clock.monotonic() - this.#heardAt;
  }

  /** What is held, and the digests of what was folded since the last time. */
  tell({ epoch, held, digests }: Pick<LogReadRequest, "epoch" | "held" | "digests">): void {
    this.#toldAt = this.#options.clock.monotonic();
    this.#next = { epoch, held };
    this.#digests = [...this.#digests, ...digests].slice(-DIGESTS_MAX);
    this.#sendWhenDue();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #sendWhenDue(): void {
    if (this.#isUnderWay || this.#isClosed) return;
    const now = this.#options.clock.monotonic();
    const { epoch, held } = this.#next;
    const isNews = this.#said?.epoch !== epoch || this.#said.held !== held || this.#digests.length > 0;
    const dueInMs = this.#sentAt + (isNews ? GAP_MS : KEEP_MS) - now;
    this.#timer?.cancel();
    if (dueInMs <= 0) void this.#send();
    else if (now - this.#toldAt < FOLLOWED_MS)
      this.#timer = this.#options.clock.schedule(dueInMs, () => this.#sendWhenDue());
  }

  async #send(): Promise<void> {
    const { link, owner, shard, clock, onNews } = this.#options;
    this.#isUnderWay = true;
    this.#sentAt = clock.monotonic();
    const said = this.#next;
    const digests = this.#digests;
    const request = { shard, after: 0, limit: 0, waitMs: 0, ...said, digests };
    const reply = await link.request(owner, "log.read", request, TIMEOUT_MS);
    this.#isUnderWay = false;
    if (this.#isClosed) return;
    if (reply.ok) {
      this.#heardAt = clock.monotonic();
      this.#said = said;
      this.#digests = this.#digests.filter((digest) => !digests.includes(digest));
      const { watermark } = reply.answer;
      if (watermark !== undefined && isBeyond(watermark, this.#watermark)) {
        this.#watermark = watermark;
        onNews();
      }
    }
    this.#sendWhenDue();
  }
}
