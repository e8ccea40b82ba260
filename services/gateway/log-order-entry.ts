import { createHash } from "node:crypto";
import type { Command } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, OrderId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { Random } from "#shared/ports/random.ts";
import type { OrderEntry, Submission } from "./order-entry.ts";

export interface LogOrderEntryDependencies {
  readonly branch: BranchId;
  readonly log: CommandLog;
  readonly journal: Journal;
  /** Must tell the Region view before this, so that whoever is answered finds the outcome in the view. */
  readonly feed: OutcomeFeed;
  readonly clock: Clock;
  readonly random: Random;
  readonly mintOrderId: () => OrderId;
  /** How long a command is valid after it was submitted. */
  readonly validityMs: number;
  /** How long to wait for an outcome before answering `unknown`. */
  readonly timeoutMs: number;
  /** At most so many commands may wait for their outcome. */
  readonly maxWaiting: number;
}

interface Waiter {
  settle(submission: Submission): void;
}

/** How many first outcomes are kept at hand for repeats that arrive before the journal has them. */
const RECENT = 4096;

/** Appends commands to the shard's log and waits for what the fold makes of them. */
export class LogOrderEntry implements OrderEntry {
  readonly #dependencies: LogOrderEntryDependencies;
  /** By command id; waiters of the same id in the order of their appends, which is the order of their outcomes. */
  readonly #waiting = new Map<CommandId, Waiter[]>();
  readonly #recent: (Outcome | undefined)[] = new Array(RECENT);
  #waitingCount = 0;

  constructor(dependencies: LogOrderEntryDependencies) {
    this.#dependencies = dependencies;
    dependencies.feed.subscribe((outcome) => this.#take(outcome));
  }

  mintOrderId(): OrderId {
    return this.#dependencies.mintOrderId();
  }

  commandIdOf(account: number, idempotencyKey: string): CommandId {
    const hash = createHash("sha256").update(`${account}\n${idempotencyKey}`).digest("hex");
    return hash.slice(0, 32) as CommandId;
  }

  freshCommandId(account: number): CommandId {
    return this.commandIdOf(account, Buffer.from(this.#dependencies.random.bytes(16)).toString("hex"));
  }

  async submit(commandId: CommandId, command: Command): Promise<Submission> {
    const { clock, log, branch, validityMs, timeoutMs, maxWaiting } = this.#dependencies;
    if (this.#waitingCount >= maxWaiting) return { ok: false, error: "overloaded" };
    // A deposit is remembered for ever, so it needs no end of validity; everything else does.
    const validUntil = command.kind === "Deposit" ? 0 : clock.now() + validityMs;
    const bytes = encodeCommand({ commandId, branch, validUntil, command });
    const outcome = this.#outcomeOf(commandId, timeoutMs);
    const appended = await log.append(bytes);
    if (!appended.ok && appended.error !== "unknown") {
      outcome.abandon();
      return { ok: false, error: "overloaded" };
    }
    return outcome.promise;
  }

  #outcomeOf(commandId: CommandId, timeoutMs: number): { promise: Promise<Submission>; abandon: () => void } {
    const { promise, resolve } = Promise.withResolvers<Submission>();
    let timer: Timer | undefined;
    const waiter: Waiter = {
      settle: (submission) => {
        timer?.cancel();
        this.#forget(commandId, waiter);
        resolve(submission);
      },
    };
    timer = this.#dependencies.clock.schedule(timeoutMs, () =>
      waiter.settle({ ok: false, error: "unknown" }),
    );
    const waiters = this.#waiting.get(commandId);
    if (waiters === undefined) this.#waiting.set(commandId, [waiter]);
    else waiters.push(waiter);
    this.#waitingCount++;
    return { promise, abandon: () => waiter.settle({ ok: false, error: "overloaded" }) };
  }

  #forget(commandId: CommandId, waiter: Waiter): void {
    const waiters = this.#waiting.get(commandId);
    const at = waiters?.indexOf(waiter) ?? -1;
    if (waiters === undefined || at < 0) return;
    waiters.splice(at, 1);
    this.#waitingCount--;
    if (waiters.length === 0) this.#waiting.delete(commandId);
  }

  #take(outcome: Outcome): void {
    this.#recent[outcome.seq % RECENT] = outcome;
    if (outcome.commandId === "") return;
    const waiter = this.#waiting.get(outcome.commandId)?.[0];
    if (waiter === undefined) return;
    // Taken out now: the next outcome of this id belongs to the next waiter, also while this one still reads the journal.
    this.#forget(outcome.commandId, waiter);
    const [event] = outcome.events;
    if (event?.kind !== "CommandRepeated") {
      waiter.settle({ ok: true, outcome, repeated: false });
      return;
    }
    void this.#firstOutcome(event.firstSeq).then((first) =>
      waiter.settle(
        first === undefined ? { ok: false, error: "unknown" } : { ok: true, outcome: first, repeated: true },
      ),
    );
  }

  async #firstOutcome(seq: number): Promise<Outcome | undefined> {
    const recent = this.#recent[seq % RECENT];
    if (recent?.seq === seq) return recent;
    const [outcome] = await this.#dependencies.journal.read(seq - 1, 1);
    return outcome?.seq === seq ? outcome : undefined;
  }
}
