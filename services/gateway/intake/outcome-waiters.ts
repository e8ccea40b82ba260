import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";

/** What was heard of a command: its outcome, that of the first command of its id, or nothing in time. */
export type Heard =
  | { readonly kind: "outcome"; readonly outcome: Outcome; readonly repeated: boolean }
  | { readonly kind: "nothing" };

export interface Wait {
  readonly heard: Promise<Heard>;
  /** Ends it: nothing was heard. */
  abandon(): void;
}

interface Waiter {
  settle(heard: Heard): void;
}

/** How many first outcomes are kept at hand for repeats that arrive before the journal has them. */
const RECENT = 4096;

/** Waits for what the Region's own fold makes of commands. */
export class OutcomeWaiters {
  readonly #journal: Journal;
  readonly #clock: Clock;
  /** By command id; waiters of the same id in the order of their appends, which is the order of their outcomes. */
  readonly #waiting = new Map<CommandId, Waiter[]>();
  readonly #recent: (Outcome | undefined)[] = new Array(RECENT);
  /** The seq of the first outcome of each command that was heard of lately, the longest ago first. */
  readonly #firstSeqs = new Map<CommandId, number>();
  /** By command id; whoever is told when somebody else's command is. */
  readonly #watching = new Map<CommandId, Set<Waiter>>();
  #count = 0;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /** Commands that wait. */
  get count(): number {
    return this.#count;
  }

  wait(commandId: CommandId, timeoutMs: number): Wait {
    const { promise, resolve } = Promise.withResolvers<Heard>();
    let timer: Timer | undefined;
    const waiter: Waiter = {
      settle: (heard) => {
        timer?.cancel();
        this.#forget(commandId, waiter);
        resolve(heard);
      },
    };
    timer = this.#clock.schedule(timeoutMs, () => waiter.settle({ kind: "nothing" }));
    const waiters = this.#waiting.get(commandId);
    if (waiters === undefined) this.#waiting.set(commandId, [waiter]);
    else waiters.push(waiter);
    this.#count++;
    return { heard: promise, abandon: () => waiter.settle({ kind: "nothing" }) };
  }

  /** As {@link wait}, for a command that another sends: all who watch an id hear its next outcome. */
  watch(commandId: CommandId, timeoutMs: number): Wait {
    const { promise, resolve } = Promise.withResolvers<Heard>();
    const watchers = this.#watching.get(commandId) ?? new Set();
    this.#watching.set(commandId, watchers);
    let timer: Timer | undefined;
    const watcher: Waiter = {
      settle: (heard) => {
        timer?.cancel();
        watchers.delete(watcher);
        if (watchers.size === 0) this.#watching.delete(commandId);
        resolve(heard);
      },
    };
    watchers.add(watcher);
    timer = this.#clock.schedule(timeoutMs, () => watcher.settle({ kind: "nothing" }));
    return { heard: promise, abandon: () => watcher.settle({ kind: "nothing" }) };
  }

  /** The next outcome of the tape. One that met another branch is none: the command is sent again, or forwarded. */
  take(outcome: Outcome): void {
    this.#recent[outcome.seq % RECENT] = outcome;
    if (outcome.commandId === "" || isMisdirected(outcome)) return;
    const [event] = outcome.events;
    this.#remember(outcome.commandId, event?.kind === "CommandRepeated" ? event.firstSeq : outcome.seq);
    const waiter = this.#waiting.get(outcome.commandId)?.[0];
    const watching = this.#watching.get(outcome.commandId);
    if (waiter === undefined && watching === undefined) return;
    const watchers = [...(watching ?? [])];
    // Taken out now: the next outcome of this id belongs to the next waiter, also while this one still reads the journal.
    if (waiter !== undefined) this.#forget(outcome.commandId, waiter);
    const settle = (heard: Heard) => {
      for (const one of waiter === undefined ? watchers : [waiter, ...watchers]) one.settle(heard);
    };
    if (event?.kind !== "CommandRepeated") {
      settle({ kind: "outcome", outcome, repeated: false });
      return;
    }
    void this.#firstOutcome(event.firstSeq).then((first) =>
      settle(first === undefined ? { kind: "nothing" } : { kind: "outcome", outcome: first, repeated: true }),
    );
  }

  /** The tape was taken back: outcomes behind a seq are no longer what they were. */
  rewind(toSeq: number): void {
    const recent = this.#recent;
    for (let at = 0; at < recent.length; at++) {
      const outcome = recent[at];
      if (outcome !== undefined && outcome.seq > toSeq) recent[at] = undefined;
    }
    for (const [commandId, seq] of this.#firstSeqs) if (seq > toSeq) this.#firstSeqs.delete(commandId);
  }

  /** What was made of a command that the tape had lately; `undefined` where nobody knows without asking the shard. */
  async recall(commandId: CommandId): Promise<Outcome | undefined> {
    const seq = this.#firstSeqs.get(commandId);
    const outcome = seq === undefined ? undefined : await this.#firstOutcome(seq);
    return outcome?.commandId === commandId ? outcome : undefined;
  }

  #remember(commandId: CommandId, firstSeq: number): void {
    this.#firstSeqs.delete(commandId);
    this.#firstSeqs.set(commandId, firstSeq);
    if (this.#firstSeqs.size <= RECENT) return;
    const [oldest] = this.#firstSeqs.keys();
    if (oldest !== undefined) this.#firstSeqs.delete(oldest);
  }

  #forget(commandId: CommandId, waiter: Waiter): void {
    const waiters = this.#waiting.get(commandId);
    const at = waiters?.indexOf(waiter) ?? -1;
    if (waiters === undefined || at < 0) return;
    waiters.splice(at, 1);
    this.#count--;
    if (waiters.length === 0) this.#waiting.delete(commandId);
  }

  async #firstOutcome(seq: number): Promise<Outcome | undefined> {
    const recent = this.#recent[seq % RECENT];
    if (recent?.seq === seq) return recent;
    const [outcome] = await this.#journal.read(seq - 1, 1);
    return outcome?.seq === seq ? outcome : undefined;
  }
}

/** True for a command that was meant for another branch: nothing happened. */
export function isMisdirected(outcome: Outcome): boolean {
  return outcome.events[0]?.kind === "Misdirected";
}
