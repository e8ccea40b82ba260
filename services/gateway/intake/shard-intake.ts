import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import { encodeTracedCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { AppendAnswer, CommandAppender, Subscription } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { OutboxEntry } from "#shared/ports/outbox.ts";
import { rejectionOf } from "#shared/read-model/order-result.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import type { Submission } from "../order-entry.ts";
import type { IntakeStatus } from "../regions/exchange-status.ts";
import type { Admission } from "./admission.ts";
import { cancelableInOutbox, cancelInOutbox, cancelsWhatWasSent } from "./cancel-in-outbox.ts";
import { accountOf, isCancel, isNewOrder, isOrderCommand, isRememberedForEver } from "./command-kinds.ts";
import { isAllowedInFork, waitsInFork } from "./fork-rules.ts";
import type { IntakeView } from "./intake-view.ts";
import type { OutboxQueue } from "./outbox-queue.ts";
import { OutboxSender } from "./outbox-sender.ts";
import { isMisdirected, OutcomeWaiters } from "./outcome-waiters.ts";
import { isToldOf, queuedList, queuedOrders } from "./queued-rows.ts";
import { isRefusedForNow } from "./refused-for-now.ts";
import type { RemoteAppender } from "./remote-appender.ts";
import { isCanonical, type RouteState, type ShardRoute } from "./shard-route.ts";

export interface IntakeTimes {
  /** How long a command is valid after it was submitted, and how long one that must wait in the outbox. */
  readonly validityMs: number;
  readonly queuedValidityMs: number;
  /** How long to wait for an outcome before answering `unknown`. */
  readonly timeoutMs: number;
}

export interface ShardIntakeDependencies {
  readonly route: ShardRoute;
  /** This Region's own log of the shard. */
  readonly log: CommandAppender;
  /** To the log of a Region that owns the shard instead; none where there is one Region only. */
  readonly remote: RemoteAppender | undefined;
  readonly journal: Journal;
  /** Where the outcomes are heard: whoever is answered one finds it there. */
  readonly view: IntakeView;
  readonly queue: OutboxQueue;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly times: IntakeTimes;
  /** At most so many commands may wait for their outcome. */
  readonly maxWaiting: number;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing | undefined;
  /** The outbox's store failed. */
  readonly onFailure: (error: unknown) => void;
}

interface UnderWay {
  readonly envelope: CommandEnvelope;
  /** Where it was sent last. */
  state: RouteState;
}

const OVERLOADED = { ok: false, error: "overloaded" } as const;
const UNKNOWN = { ok: false, error: "unknown" } as const;

/** One shard's way in: to the log of whoever owns it, to an own fork, or into the outbox; and back with the outcome that the Region's own fold gives. */
export class ShardIntake {
  readonly shard: ShardId;
  readonly #dependencies: ShardIntakeDependencies;
  readonly #waiters: OutcomeWaiters;
  readonly #sender: OutboxSender;
  readonly #underWay = new Set<UnderWay>();
  readonly #subscriptions: readonly Subscription[];
  readonly #metrics: Metrics;
  readonly #tracing: Tracing;

  constructor(dependencies: ShardIntakeDependencies) {
    const { route, journal, view, queue, clock, onFailure } = dependencies;
    this.shard = route.shard;
    this.#dependencies = dependencies;
    this.#metrics = dependencies.metrics ?? NO_METRICS;
    this.#tracing = dependencies.tracing ?? NO_TRACING;
    this.#waiters = new OutcomeWaiters(journal, clock);
    this.#sender = new OutboxSender({
      route,
      queue,
      clock,
      mayFork: ({ envelope }) => !waitsInFork(envelope.command, view),
      deliver: async ({ envelope }, state) => (await this.#deliver(envelope, state)).ok,
      onFailure,
    });
    this.#subscriptions = [
      view.onUpdate(({ outcome }) => this.#take(outcome)),
      view.onRewind(({ toSeq }) => this.#waiters.rewind(toSeq)),
      route.onChange(() => this.#routeChanged()),
    ];
    this.#sender.wake();
  }

  stop(): void {
    this.#sender.stop();
    for (const subscription of this.#subscriptions) subscription.cancel();
  }

  /** Something has come into the outbox from elsewhere. */
  wake(): void {
    this.#sender.wake();
  }

  /** Where commands go now. */
  get route(): RouteState {
    return this.#dependencies.route.state();
  }

  /** How it stands, for who is shown it. */
  status(): IntakeStatus {
    const { queue, admission } = this.#dependencies;
    const queued = queue.pending(this.shard).length;
    return { route: this.route, backpressure: admission.level(), queued };
  }

  /** Brings a command of the exchange's own to the canonical owner and never into a fork; what becomes of it the fold tells. */
  async append(commandId: CommandId, command: Command): Promise<void> {
    const { route } = this;
    if (!isCanonical(route)) return;
    await this.#append({ commandId, branch: route.branch, validUntil: 0, command }, route);
  }

  /** See `OrderEntry.submit`. */
  async submit(commandId: CommandId, command: Command): Promise<Submission> {
    const begin = this.#dependencies.clock.monotonic();
    const { route } = this;
    const trace = this.#tracing.current();
    // What a fork accepts may end in conflict: all of it is traced to its end.
    if (route.kind === "fork" || this.#tracing.follows(trace)) this.#tracing.remember(commandId, trace);
    const submission = await this.#submitOrFail(commandId, command);
    this.#record("total", begin, route);
    if (!submission.ok || rejectionOf(submission.outcome) !== undefined) this.#tracing.keep(trace, "refused");
    const result = submission.ok ? "done" : submission.error;
    this.#metrics.add("meridian_submissions_total", { shard: this.shard, result });
    return submission;
  }

  async #submitOrFail(commandId: CommandId, command: Command): Promise<Submission> {
    try {
      return await this.#submit(commandId, command);
    } catch (error) {
      // The outbox's store failed: nobody knows what it holds now.
      if (!(error instanceof OperatingError)) throw error;
      this.#dependencies.onFailure(error);
      return UNKNOWN;
    }
  }

  /** `state` is the route as the command met it: one that fails over on its way counts where it was sent at first. */
  #record(stage: "append" | "outcome" | "total", begin: number, { kind }: RouteState): void {
    const seconds = (this.#dependencies.clock.monotonic() - begin) / 1000;
    const owner = kind === "own" || kind === "fork" ? "here" : "elsewhere";
    this.#metrics.record("meridian_order_seconds", seconds, { shard: this.shard, stage, owner });
  }

  async #submit(commandId: CommandId, command: Command): Promise<Submission> {
    const { queue, admission, clock, maxWaiting } = this.#dependencies;
    const known = queue.find(commandId);
    if (known !== undefined) return waiting(known);
    if (isNewOrder(command) && admission.level() === "refusing") {
      return { ok: false, error: "backpressure", retryAfterSeconds: admission.retryAfterSeconds() };
    }
    if (this.#waiters.count >= maxWaiting) return OVERLOADED;
    const queued = cancelableInOutbox(queue.pending(this.shard), command);
    if (queued.length === 0) return this.#send(commandId, command);
    const outcome = { ...(await cancelInOutbox(queue, this.shard, queued, clock.now())), commandId };
    const done = { ok: true, outcome, repeated: false } as const;
    if (command.kind !== "CancelAllOrders") return done;
    // The shard may hold more of them.
    const rest = await this.#send(commandId, command);
    if (!rest.ok) return rest;
    if (rejectionOf(rest.outcome) !== undefined) return done;
    return { ...rest, outcome: { ...rest.outcome, events: [...outcome.events, ...rest.outcome.events] } };
  }

  async #send(commandId: CommandId, command: Command): Promise<Submission> {
    const { route, times, view, queue } = this.#dependencies;
    const state = route.state();
    if (state.kind === "fork" && !isAllowedInFork(command)) return { ok: false, error: "not-in-fork" };
    // Its order goes to the majority and never into the fork, which knows nothing of it: so does this, behind it.
    if (state.kind === "fork" && cancelsWhatWasSent(queue.pending(this.shard), command)) {
      await this.#retryLater(this.#envelope(commandId, command, times.queuedValidityMs));
      return UNKNOWN;
    }
    const mustWait = state.kind === "unreachable" || (state.kind === "fork" && waitsInFork(command, view));
    if (!isOrderCommand(command)) {
      if (mustWait) return { ok: false, error: "unreachable" };
    } else if (mustWait || this.#hasAhead(command, state)) {
      // Sent again, and done: behind what waits it would only make the queue longer, and whoever asks again and again would never see its end.
      const outcome = await this.#waiters.recall(commandId);
      if (outcome !== undefined && !isRefusedForNow(outcome, view))
        return { ok: true, outcome, repeated: true };
      const known = queue.find(commandId);
      if (known !== undefined) return waiting(known);
      return this.#enqueue(this.#envelope(commandId, command, times.queuedValidityMs), !mustWait);
    }
    const envelope = this.#envelope(commandId, command, times.validityMs);
    const submission = await this.#deliver(envelope, state);
    if (!submission.ok && submission.error === "unknown") await this.#retryLater(envelope);
    return submission;
  }

  #envelope(commandId: CommandId, command: Command, validityMs: number): CommandEnvelope {
    const { route, view, clock } = this.#dependencies;
    const state = route.state();
    const branch = state.kind === "unreachable" ? view.branch : state.branch;
    const validUntil = isRememberedForEver(command) ? 0 : clock.now() + validityMs;
    return { commandId, branch, validUntil, command };
  }

  /** An account's commands keep their order: what waits goes first, unless it waits for the majority while a fork goes on. */
  #hasAhead(command: Command, state: RouteState): boolean {
    const { queue, view } = this.#dependencies;
    const account = accountOf(command);
    return queue
      .pending(this.shard)
      .some(
        (entry) =>
          entry.account === account &&
          (isCanonical(state) || (entry.state === "queued" && !waitsInFork(entry.envelope.command, view))),
      );
  }

  /** Into the outbox; where the owner can be reached, its outcome is waited for all the same. */
  async #enqueue(envelope: CommandEnvelope, isReachable: boolean): Promise<Submission> {
    const { queue, times, view } = this.#dependencies;
    const { commandId, command } = envelope;
    // A fork may take it yet.
    this.#tracing.remember(commandId, this.#tracing.current());
    const wait = isReachable ? this.#waiters.watch(commandId, times.timeoutMs) : undefined;
    const entry = { shard: this.shard, account: accountOf(command), state: "queued", envelope } as const;
    if (!(await queue.add(entry))) {
      wait?.abandon();
      return { ok: false, error: "outbox-full" };
    }
    this.#sender.wake();
    const heard = await wait?.heard;
    if (heard?.kind === "outcome" && !isRefusedForNow(heard.outcome, view))
      return { ok: true, outcome: heard.outcome, repeated: heard.repeated };
    const added = queue.find(commandId);
    return added === undefined ? UNKNOWN : waiting(added);
  }

  /** Nobody knows what became of it: it is sent again, with the same id, until its shard has told. */
  async #retryLater(envelope: CommandEnvelope): Promise<void> {
    const { queue } = this.#dependencies;
    const { commandId, command } = envelope;
    if (queue.find(commandId) !== undefined) return;
    this.#sender.noteAttempt(commandId);
    await queue.add({ shard: this.shard, account: accountOf(command), state: "sent", envelope });
    this.#sender.wake();
  }

  /** Appends it where the route leads and waits for its outcome; a refusal that may be undone is none. Nothing is awaited before the append: commands stand in the log as they came. */
  async #deliver(envelope: CommandEnvelope, state: RouteState): Promise<Submission> {
    const { times, admission, clock, view } = this.#dependencies;
    const wait = this.#waiters.wait(envelope.commandId, times.timeoutMs);
    const underWay: UnderWay = { envelope, state };
    this.#underWay.add(underWay);
    try {
      const begin = clock.monotonic();
      const appended = await this.#append(envelope, state);
      this.#record("append", begin, state);
      if (!appended.ok && appended.error !== "unknown") {
        wait.abandon();
        return OVERLOADED;
      }
      const durable = clock.monotonic();
      const heard = await wait.heard;
      if (heard.kind === "nothing" || isRefusedForNow(heard.outcome, view)) return UNKNOWN;
      this.#record("outcome", durable, state);
      const delayMs = isCancel(envelope.command) ? 0 : admission.delayMs();
      if (delayMs > 0) await new Promise<void>((resolve) => clock.schedule(delayMs, resolve));
      return { ok: true, outcome: heard.outcome, repeated: heard.repeated };
    } finally {
      this.#underWay.delete(underWay);
    }
  }

  /** The context of its span goes into the record: what is done with the command anywhere hangs on it. */
  #append(envelope: CommandEnvelope, state: RouteState): Promise<AppendAnswer> {
    if (state.kind === "unreachable") return Promise.resolve({ ok: false, error: "unknown" });
    const tracing = this.#tracing;
    const span = tracing.begin("log.append", tracing.contextOf(envelope.commandId));
    const record = encodeTracedCommand({ ...envelope, branch: state.branch }, span.context);
    const appended = this.#write(record, envelope, state);
    if (span.context !== undefined) {
      const attributes = { "meridian.shard": this.shard, "meridian.route": state.kind };
      // What a fork accepts may end in conflict.
      const ruled = state.kind === "fork" ? "provisional" : undefined;
      void appended.then(({ ok }) => span.end({ attributes, keep: ok ? ruled : "error" }));
    }
    return appended;
  }

  #write(
    record: Uint8Array,
    { command }: CommandEnvelope,
    state: Exclude<RouteState, { kind: "unreachable" }>,
  ): Promise<AppendAnswer> {
    const { log, remote } = this.#dependencies;
    if (state.kind !== "remote") return log.append(record);
    return (
      remote?.append(state.owner, record, accountOf(command)) ??
      Promise.resolve({ ok: false, error: "unknown" })
    );
  }

  #take(outcome: Outcome): void {
    this.#waiters.take(outcome);
    if (outcome.commandId === "" || isMisdirected(outcome)) return;
    const { queue, onFailure } = this.#dependencies;
    const entry = queue.find(outcome.commandId);
    if (entry === undefined) return;
    if (isToldOf(entry, outcome)) this.#settle(entry, outcome).catch(onFailure);
    // Its client sent it another way too: it is sent all the same, so that the log tells every Region what its order ids stand for.
    else if (entry.state === "queued") queue.markSent([entry]).then(() => this.#sender.wake(), onFailure);
  }

  /** Its shard has told what became of what waits, unless it may yet say otherwise. */
  async #settle({ envelope: { commandId } }: OutboxEntry, outcome: Outcome): Promise<void> {
    const { queue, view } = this.#dependencies;
    const isRepeated = view.provisionalAfter !== undefined && outcome.events[0]?.kind === "CommandRepeated";
    const first = isRepeated ? await this.#waiters.recall(commandId) : outcome;
    if (first === undefined || !isRefusedForNow(first, view)) await queue.settle(commandId);
  }

  /** What is under way may have met the end of a branch: it goes to the new owner too, with the same id, and never into a fork. */
  #routeChanged(): void {
    const state = this.#dependencies.route.state();
    for (const underWay of this.#underWay) {
      if (!isCanonical(state) || (isCanonical(underWay.state) && underWay.state.branch === state.branch))
        continue;
      underWay.state = state;
      void this.#append(underWay.envelope, state);
    }
    this.#sender.routeChanged();
  }
}

/** An order is shown as it waits; of anything else is only known that it is retried. */
function waiting(entry: OutboxEntry): Submission {
  const orders = queuedOrders(entry);
  return orders.length === 0 ? UNKNOWN : { ok: false, error: "queued", orders, list: queuedList(entry) };
}
