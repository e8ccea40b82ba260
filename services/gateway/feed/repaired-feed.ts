import type { Outcome } from "#shared/domain/event.ts";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { BranchRun, Journal } from "#shared/ports/journal.ts";
import type { OutcomeSource, Rewound } from "#shared/ports/outcome-feed.ts";
import { isInHistory } from "#shared/read-model/history.ts";

export interface RepairedFeedDependencies {
  readonly shard: ShardId;
  /** What is told as it is folded: messages may be lost, come twice, or from two publishers. */
  readonly told: OutcomeSource;
  /** Of the Region; another task writes it. */
  readonly journal: Pick<Journal, "read" | "branches" | "lastSeq">;
  /** Makes the journal look at what was written since. */
  readonly lookAtJournal: () => void;
  readonly clock: Clock;
  /** Told when something was missing that was told of, and of the journal's trouble, which is tried again. */
  readonly onGap?: () => void;
  readonly onTrouble?: (error: unknown) => void;
}

/** Ticks come at least every second: behind so much silence something was lost. */
const SILENCE_MS = 1500;
/** How often the journal is looked at while something is missing. */
const LOOK_MS = 25;
const LOOK_MS_MAX = 400;
const READ_MAX = 500;
/** What is told ahead of a gap is kept; beyond so much it is read from the journal as well. */
const AHEAD_MAX = 5000;

/**
 * One shard's outcomes at a gateway, in order, without gap and once each: what is told live, and from the journal what was not heard. Outcomes are dense by seq and name their branch, so whatever was lost shows at the next one, and where
 * nothing more comes the journal is asked. Where the tape went back, whoever listens is told so before what stands there instead.
 */
export class RepairedFeed implements OutcomeSource {
  readonly #dependencies: RepairedFeedDependencies;
  readonly #listeners = new Set<Listener>();
  /** Told ahead of what is missing, by seq. */
  readonly #ahead = new Map<number, Outcome>();
  readonly #subscription: Subscription;
  /** What was passed on, by branches; the last one is where it stands. */
  #runs: BranchRun[] = [];
  #seq: Seq = 0 as Seq;
  #heardAt = 0;
  #isRunning = false;
  #isRepairing = false;
  #isStopped = false;
  #timer: Timer | undefined;

  /** Keeps what is told from now on; nothing is passed on before `run`. */
  constructor(dependencies: RepairedFeedDependencies) {
    this.#dependencies = dependencies;
    this.#subscription = dependencies.told.subscribe(
      (outcome) => this.#take(outcome),
      ({ toSeq }) => this.#rewind(toSeq),
    );
  }

  /** Goes on behind a place of the journal that whoever listens has come to. */
  run(place: { readonly seq: Seq }): void {
    this.#seq = place.seq;
    this.#runs = upTo(this.#dependencies.journal.branches(), place.seq);
    this.#isRunning = true;
    this.#heardAt = this.#dependencies.clock.monotonic();
    this.#drain();
    this.#watch();
    this.#repairSoon();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#subscription.cancel();
  }

  subscribe(listener: (outcome: Outcome) => void, onRewind?: (rewound: Rewound) => void): Subscription {
    const entry: Listener = { listener, onRewind };
    this.#listeners.add(entry);
    return { cancel: () => void this.#listeners.delete(entry) };
  }

  #take(outcome: Outcome): void {
    this.#heardAt = this.#dependencies.clock.monotonic();
    const { seq } = outcome;
    if (!this.#isRunning) {
      this.#keep(outcome);
      return;
    }
    if (seq <= this.#seq) {
      // Told twice; of another branch it stands where the tape went back unheard.
      if (!isInHistory(this.#runs, outcome)) this.#repairSoon();
      return;
    }
    if (seq > this.#seq + 1 || !this.#follows(outcome)) {
      this.#keep(outcome);
      this.#repairSoon();
      return;
    }
    this.#pass(outcome);
    this.#drain();
  }

  /** A branch goes on, or another one begins right here. */
  #follows({ branch, events }: Outcome): boolean {
    if (this.#runs.length === 0) return true;
    return branch === this.#runs.at(-1)?.branch || events[0]?.kind === "BranchBegan";
  }

  #keep(outcome: Outcome): void {
    this.#ahead.set(outcome.seq, outcome);
    if (this.#ahead.size <= AHEAD_MAX) return;
    const [oldest] = this.#ahead.keys();
    if (oldest !== undefined) this.#ahead.delete(oldest);
  }

  #pass(outcome: Outcome): void {
    const { branch, seq } = outcome;
    const last = this.#runs.at(-1);
    this.#seq = seq;
    if (last?.branch === branch) this.#runs[this.#runs.length - 1] = { ...last, lastSeq: seq };
    else this.#runs.push({ branch, firstSeq: seq, lastSeq: seq });
    for (const { listener } of [...this.#listeners]) listener(outcome);
  }

  /** What was told ahead and follows now. */
  #drain(): void {
    for (const seq of this.#ahead.keys()) if (seq <= this.#seq) this.#ahead.delete(seq);
    for (;;) {
      const next = this.#ahead.get(this.#seq + 1);
      if (next === undefined || !this.#follows(next)) return;
      this.#ahead.delete(next.seq);
      this.#pass(next);
    }
  }

  #rewind(toSeq: Seq): void {
    this.#ahead.clear();
    if (!this.#isRunning || toSeq >= this.#seq) return;
    this.#seq = toSeq;
    this.#runs = upTo(this.#runs, toSeq);
    const { shard } = this.#dependencies;
    for (const { onRewind } of [...this.#listeners]) onRewind?.({ shard, toSeq });
  }

  #watch(): void {
    const { clock } = this.#dependencies;
    this.#timer = clock.schedule(SILENCE_MS / 3, () => {
      if (clock.monotonic() - this.#heardAt > SILENCE_MS) this.#repairSoon();
      this.#watch();
    });
  }

  #repairSoon(): void {
    if (this.#isRepairing || this.#isStopped) return;
    this.#isRepairing = true;
    void this.#repair().finally(() => {
      this.#isRepairing = false;
    });
  }

  /** Until nothing is missing that was told of, and the journal holds no more. */
  async #repair(): Promise<void> {
    const { clock, lookAtJournal, onGap, onTrouble } = this.#dependencies;
    if (this.#ahead.size > 0) onGap?.();
    let delayMs = LOOK_MS;
    do {
      lookAtJournal();
      const waitMs = delayMs;
      await new Promise<void>((resolve) => clock.schedule(waitMs, resolve));
      delayMs = Math.min(2 * delayMs, LOOK_MS_MAX);
      try {
        while (!this.#isStopped && (await this.#readOn()));
      } catch (error) {
        onTrouble?.(error);
      }
    } while (!this.#isStopped && this.#ahead.size > 0);
  }

  /** One batch of the journal; false where it holds no more. */
  async #readOn(): Promise<boolean> {
    const { journal } = this.#dependencies;
    const history = journal.branches();
    const common = commonSeq(this.#runs, history);
    // A journal that holds the beginning of what was told live is behind; one that goes on otherwise is of a tape that went back.
    if (common < this.#seq && common < journal.lastSeq()) this.#rewind(common);
    const outcomes = await journal.read(this.#seq, READ_MAX);
    let hasPassed = false;
    for (const outcome of outcomes) {
      if (outcome.seq !== this.#seq + 1) continue;
      this.#pass(outcome);
      hasPassed = true;
    }
    this.#drain();
    return hasPassed;
  }
}

/** The last seq that two histories have in common. */
function commonSeq(own: readonly BranchRun[], other: readonly BranchRun[]): Seq {
  for (const { branch, firstSeq, lastSeq } of own.toReversed()) {
    const there = other.find(
      (run) => run.branch === branch && run.firstSeq <= lastSeq && firstSeq <= run.lastSeq,
    );
    if (there !== undefined) return Math.min(lastSeq, there.lastSeq) as Seq;
  }
  return 0 as Seq;
}

function upTo(history: readonly BranchRun[], seq: Seq): BranchRun[] {
  return history
    .filter(({ firstSeq }) => firstSeq <= seq)
    .map((run) => ({ ...run, lastSeq: Math.min(run.lastSeq, seq) as Seq }));
}

interface Listener {
  readonly listener: (outcome: Outcome) => void;
  readonly onRewind: ((rewound: Rewound) => void) | undefined;
}
