import type { AccountId, CommandId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { OutboxEntry } from "#shared/ports/outbox.ts";
import type { OutboxQueue } from "./outbox-queue.ts";
import { isCanonical, type RouteState, type ShardRoute } from "./shard-route.ts";

export interface OutboxSenderDependencies {
  readonly route: ShardRoute;
  readonly queue: OutboxQueue;
  readonly clock: Clock;
  /** Whether a command that was never sent may go into a fork. */
  readonly mayFork: (entry: OutboxEntry) => boolean;
  /** Sends it; true if its outcome was heard in time. Never rejects for operating errors. */
  readonly deliver: (entry: OutboxEntry, state: RouteState) => Promise<boolean>;
  readonly onFailure: (error: unknown) => void;
}

const BATCH = 100;
const FIRST_RETRY_MS = 1000;
/** What was sent in vain holds up what comes behind it: where no change of the route tells that the way is open again, it is noticed so late. */
const LONGEST_RETRY_MS = 4000;
/** Commands of one account under way at once. With one, an account could send no more than one in a round trip, and what it sends meanwhile comes behind: one that is quicker would never get out of the outbox. */
const UNDER_WAY_MAX = 32;

interface Attempts {
  readonly count: number;
  /** Monotonic ms. */
  readonly nextAt: number;
}

/**
 * Sends what waits in the outbox for one shard, oldest first, an account's commands in their order, again and again until the outcome is known
 * or the validity is over. As without an outbox, they stand in the log in that order, but for what follows a command closely of which nobody hears: that is on its way already. What was sent once goes to the canonical owner only, never into a fork.
 */
export class OutboxSender {
  readonly #dependencies: OutboxSenderDependencies;
  readonly #attempts = new Map<CommandId, Attempts>();
  readonly #underWay = new Set<CommandId>();
  #timer: Timer | undefined;
  /** When it was last looked what is due, monotonic ms. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isRunning = false;
  #isWoken = false;
  #isStopped = false;

  constructor(dependencies: OutboxSenderDependencies) {
    this.#dependencies = dependencies;
  }

  /** Something may be sent now that could not before. */
  wake(): void {
    this.#isWoken = true;
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** The route is another: what was tried in vain is tried again at once. */
  routeChanged(): void {
    this.#attempts.clear();
    this.wake();
  }

  /** Sent a moment ago by somebody else, in vain: it is tried again in a while. */
  noteAttempt(commandId: CommandId): void {
    const count = (this.#attempts.get(commandId)?.count ?? 0) + 1;
    const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (count - 1));
    this.#attempts.set(commandId, { count, nextAt: this.#dependencies.clock.monotonic() + delay });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #run(): Promise<void> {
    try {
      while (this.#isWoken && !this.#isStopped) {
        this.#isWoken = false;
        this.#timer?.cancel();
        await this.#expire();
        await this.#sendBatch();
      }
    } catch (error) {
      // The store failed: without it nothing can be promised.
      this.#isStopped = true;
      this.#dependencies.onFailure(error);
    }
    this.#isRunning = false;
    this.#sleep();
  }

  /** Ends what was never sent and is not valid any more. What was sent is asked for until its shard has told. */
  async #expire(): Promise<void> {
    const { queue, route, clock } = this.#dependencies;
    const now = clock.now();
    for (const entry of queue.pending(route.shard)) {
      const { validUntil, commandId } = entry.envelope;
      // Another may have been taken back while one was ended.
      const isWaiting = entry.state === "queued" && queue.find(commandId) === entry;
      if (isWaiting && validUntil > 0 && validUntil <= now) await queue.end(entry, "expired");
    }
  }

  async #sendBatch(): Promise<void> {
    const { queue, route } = this.#dependencies;
    const state = route.state();
    const batch = this.#due(state);
    for (const { envelope } of batch) this.#underWay.add(envelope.commandId);
    await queue.markSent(batch.filter((entry) => entry.state === "queued"));
    for (const entry of batch) void this.#send(entry, state);
  }

  async #send(entry: OutboxEntry, state: RouteState): Promise<void> {
    const { commandId } = entry.envelope;
    this.noteAttempt(commandId);
    if (await this.#dependencies.deliver(entry, state)) this.#attempts.delete(commandId);
    this.#underWay.delete(commandId);
    this.wake();
  }

  #due(state: RouteState): OutboxEntry[] {
    const { queue, route, clock, mayFork } = this.#dependencies;
    this.#lookedAt = clock.monotonic();
    if (state.kind === "unreachable") return [];
    const now = this.#lookedAt;
    const due: OutboxEntry[] = [];
    /** By account: how many of its commands are under way, or will be. */
    const counts = new Map<AccountId, number>();
    const held = new Set<AccountId>();
    for (const entry of queue.pending(route.shard)) {
      // In a fork, what waits for the majority holds nobody up.
      if (!isCanonical(state) && (entry.state === "sent" || !mayFork(entry))) continue;
      const { account, envelope } = entry;
      const count = counts.get(account) ?? 0;
      if (this.#underWay.has(envelope.commandId)) {
        counts.set(account, count + 1);
        continue;
      }
      const { nextAt } = this.#attempts.get(envelope.commandId) ?? { nextAt: now };
      const isFree = count < UNDER_WAY_MAX && due.length < BATCH && !held.has(account);
      if (isFree && nextAt <= now) {
        due.push(entry);
        counts.set(account, count + 1);
      } else held.add(account);
    }
    return due;
  }

  /**
   * Until the next retry, or the next end of a validity. What was due already and was not sent waits for something else than time: a route, the command of its
   * account that goes before it, room in a batch. Whoever brings that wakes; the longest wait bounds it.
   */
  #sleep(): void {
    const { queue, route, clock } = this.#dependencies;
    if (this.#isStopped) return;
    const now = clock.now();
    const monotonic = clock.monotonic();
    const waits = queue.pending(route.shard).flatMap(({ state, envelope }) => {
      const retry = this.#attempts.get(envelope.commandId);
      return [
        ...(retry === undefined
          ? []
          : [retry.nextAt > this.#lookedAt ? retry.nextAt - monotonic : LONGEST_RETRY_MS]),
        ...(state === "queued" && envelope.validUntil > 0 ? [envelope.validUntil - now] : []),
      ];
    });
    if (waits.length === 0) return;
    this.#timer?.cancel();
    this.#timer = clock.schedule(Math.max(1, Math.min(LONGEST_RETRY_MS, ...waits)), () => this.wake());
  }
}
