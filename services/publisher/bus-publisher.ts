import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import { formatTraceparent } from "#shared/domain/trace-context.ts";
import type { BusPositions } from "#shared/ports/bus-positions.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { EventBus, PublishResult } from "#shared/ports/event-bus.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import { recordOutcomes } from "#shared/telemetry/record-outcomes.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import { busMessages, type MarketOf } from "./bus-messages.ts";

export interface BusPublisherDependencies {
  readonly shard: ShardId;
  readonly journal: Journal;
  readonly bus: Pick<EventBus, "publish">;
  readonly positions: BusPositions;
  /** True once a place of the tape stays for ever. */
  readonly isFinal: (branch: BranchId, seq: Seq) => boolean;
  /** True for a fork of this Region's own that its tape ends in: it is told at once, as what may be undone. */
  readonly isFork: (branch: BranchId) => boolean;
  readonly marketOf: MarketOf;
  readonly clock: Clock;
  /** The bus did not take what it was given: told each time, and tried again. */
  readonly onRefused: (result: Extract<PublishResult, { ok: false }>) => void;
  readonly onFailure: (error: unknown) => void;
  readonly tracing?: Tracing | undefined;
}

/** Finality takes a journey between Regions at least. */
const LOOK_MS = 20;
/** Between tries while the bus takes nothing, doubled up to the last. */
const RETRY_MS = 100;
const RETRY_MS_MAX = 5000;

/**
 * Hands a shard's events to the bus, from the journal: of the lineage each outcome once it is final, and of a fork of the own Region at once, marked. What is final and handed over is remembered by its seq, so a crash
 * loses nothing; what was handed over since is handed over again, under the same names. Of a fork nothing is remembered: it is told again from its beginning after a restart, and what replaces it is told as any other part of the lineage.
 */
export class BusPublisher {
  readonly #dependencies: BusPublisherDependencies;
  #subscription: Subscription | undefined;
  #isStopped = false;
  #position = 0;

  private constructor(dependencies: BusPublisherDependencies) {
    this.#dependencies = dependencies;
  }

  /** Goes on where the bus stands. */
  static async start(dependencies: BusPublisherDependencies): Promise<BusPublisher> {
    const publisher = new BusPublisher(dependencies);
    publisher.#position = await dependencies.positions.position(dependencies.shard);
    publisher.#follow();
    return publisher;
  }

  /** The highest final seq that the bus holds. */
  get position(): number {
    return this.#position;
  }

  stop(): void {
    this.#isStopped = true;
    this.#subscription?.cancel();
  }

  #follow(): void {
    const { journal, onFailure } = this.#dependencies;
    this.#subscription = journal.subscribe(
      this.#position,
      (outcomes) =>
        this.#take(outcomes).catch((error: unknown) => {
          this.#subscription?.cancel();
          if (!this.#isStopped) onFailure(error);
        }),
      () => {
        // A fork is over, or a reign was cut before it was final: what stands there instead begins behind what is final.
        this.#subscription?.cancel();
        this.#follow();
      },
    );
  }

  async #take(outcomes: readonly Outcome[]): Promise<void> {
    const { clock, tracing } = this.#dependencies;
    const begin = clock.monotonic();
    let from = 0;
    while (from < outcomes.length && !this.#isStopped) {
      const first = outcomes[from] as Outcome;
      const standing = this.#standing(first);
      // What was taken back is not told any more; the journal says next where it went back to.
      if (standing === "gone") return;
      if (standing === "waiting") {
        await this.#pause(LOOK_MS);
        continue;
      }
      let to = from + 1;
      while (to < outcomes.length && this.#standing(outcomes[to] as Outcome) === standing) to++;
      const told = outcomes.slice(from, to);
      await this.#tell(told, standing === "final");
      recordOutcomes(tracing, "bus.publish", told, begin);
      from = to;
    }
  }

  #standing({ branch, seq }: Outcome): "final" | "fork" | "waiting" | "gone" {
    const { journal, isFinal, isFork } = this.#dependencies;
    if (!isInHistory(journal.branches(), { branch, seq })) return "gone";
    if (isFinal(branch, seq)) return "final";
    return isFork(branch) ? "fork" : "waiting";
  }

  async #tell(outcomes: readonly Outcome[], isFinal: boolean): Promise<void> {
    const { shard, positions, marketOf, tracing = NO_TRACING } = this.#dependencies;
    await this.#publish(
      outcomes.flatMap((outcome) => {
        const context = tracing.contextOf(outcome.commandId);
        return busMessages(outcome, isFinal, marketOf, context && formatTraceparent(context));
      }),
    );
    const last = outcomes.at(-1);
    if (!isFinal || last === undefined || this.#isStopped) return;
    await positions.advance(shard, last.seq);
    this.#position = Math.max(this.#position, last.seq);
  }

  /** Until the bus has taken all of it, or this is stopped. */
  async #publish(messages: readonly BusMessage[]): Promise<void> {
    const { bus, onRefused } = this.#dependencies;
    let delayMs = RETRY_MS;
    while (messages.length > 0 && !this.#isStopped) {
      const result = await bus.publish(messages);
      if (result.ok) return;
      onRefused(result);
      await this.#pause(delayMs);
      delayMs = Math.min(2 * delayMs, RETRY_MS_MAX);
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#dependencies.clock.schedule(delayMs, resolve));
  }
}
