import type { RegionId, Seq } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { Timer } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import { type FailOver, failOver, fenceMajority } from "./fail-over.ts";
import { CANDIDATE_SHARE } from "./lease-keeper.ts";
import { currentSpan } from "./lineage.ts";
import type { RecordWatch } from "./record-watch.ts";
import { type TakenEpoch, takeEpoch } from "./take-epoch.ts";
import type { Cut } from "./takeover-steps.ts";

export interface CandidateOptions extends FailOver {
  readonly watch: RecordWatch;
  readonly random: Random;
  /** The Region that begins the shard when the register holds nothing of it. */
  readonly home: RegionId;
  /** Between two looks at whether there is something to do. */
  readonly lookMs: number;
  /** Whether this Region may try at the moment: not while a fork of its own is open, for one. */
  mayTry(): boolean;
  onTaken(taken: TakenEpoch): void;
  /** A store that failed, or a programmer error: it tries no more, and the task must stop and start again. */
  onFailure(error: unknown): void;
}

type Reason = "blank" | "ended" | "expired" | "half-fenced";

/** Waits of one Region are drawn from a range this wide, in leases, so that two do not try at once for ever. */
const JITTER_SHARE = 0.5;

/**
 * The Region that would take a shard over: at the very beginning, when its owner has ended its reign in this Region's favour, or when the lease has run out. It
 * does nothing while the own Region is the owner. Crashed at any moment it has done no harm: all it did may be done again, by any Region.
 */
export class Candidate {
  readonly #options: CandidateOptions;
  #timer: Timer | undefined;
  #isRunning = false;
  #jitterMs = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #stopListening: () => void = () => undefined;

  constructor(options: CandidateOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.#drawJitter();
    this.#stopListening = this.#options.watch.onRecord(() => this.#drawJitter());
    this.#look();
  }

  stop(): void {
    this.#isRunning = false;
    this.#stopListening();
    this.#timer?.cancel();
  }

  /** Mostly there is nothing to do, in which case nothing is waited for. */
  #look(): void {
    const { clock, mayTry, onFailure } = this.#options;
    const isDue = this.#reason() !== undefined && clock.monotonic() >= this.#notBefore && mayTry();
    if (isDue) this.#tryAndGoOn().catch((error: unknown) => onFailure(error));
    else this.#wait();
  }

  async #tryAndGoOn(): Promise<void> {
    const { clock, random } = this.#options;
    const taken = await this.#try();
    if (!this.#isRunning) return;
    if (taken === undefined) this.#notBefore = clock.monotonic() + random.below(this.#spreadMs);
    else this.#options.onTaken(taken);
    this.#wait();
  }

  #wait(): void {
    const { clock, lookMs } = this.#options;
    this.#timer = clock.schedule(lookMs, () => this.#look());
  }

  #reason(): Reason | undefined {
    const { watch, self, home, steps } = this.#options;
    const { record } = watch;
    if (record === undefined) return watch.isBlank && home === self ? "blank" : undefined;
    const { owner, epoch } = currentSpan(record);
    if (owner === self) return undefined;
    const end = steps.epochEnd();
    if (end?.epoch === epoch && end.successor === self && end.isFinal) return "ended";
    const unchangedForMs = watch.unchangedForMs() - this.#jitterMs;
    if (unchangedForMs >= record.leaseMs * CANDIDATE_SHARE) return "expired";
    // Someone began a takeover and did not end it. Without this Region's copies the epoch may not come far, and this Region cannot go back.
    if (steps.fencedEpoch() >= epoch && unchangedForMs >= 0) return "half-fenced";
    return undefined;
  }

  async #try(): Promise<TakenEpoch | undefined> {
    const { watch, steps } = this.#options;
    // What the watch saw may be old: look once more before anything is done.
    if (!(await watch.look())) return undefined;
    const { record } = watch;
    const reason = this.#reason();
    if (reason === undefined) return undefined;
    if (record === undefined) return takeEpoch(this.#options, undefined, NOTHING, "same-epoch");
    if (reason === "expired") return failOver(this.#options, record);
    const end = steps.epochEnd();
    if (reason === "ended" && end !== undefined) return takeEpoch(this.#options, record, end, "same-epoch");
    // Half fenced. With a majority fenced nothing more becomes final, so the owner renews no more, and its lease runs out.
    await fenceMajority(this.#options, currentSpan(record).epoch);
    return undefined;
  }

  #drawJitter(): void {
    this.#jitterMs = this.#options.random.below(this.#spreadMs);
  }

  get #spreadMs(): number {
    return 1 + Math.ceil(this.#options.leaseMs * JITTER_SHARE);
  }
}

/** The state before the first command. */
const NOTHING: Cut = { branch: ROOT_BRANCH, seq: 0 as Seq, digest: "" };
