import type { Command, CommandEnvelope, ForkCommand } from "#shared/domain/command.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Event, ForkCommandReplayed } from "#shared/domain/event.ts";

type Meet = (what: string, condition?: boolean) => void;

/** What streams meet of branches, forks, replay and transfers. */
export class BranchCoverage {
  readonly #meet: Meet;
  /** By id: how a command was last seen. */
  #seen = new Map<string, "alone" | "replayed" | "skipped" | "refused">();

  constructor(meet: Meet) {
    this.#meet = meet;
  }

  /** A new shard. */
  begin(): void {
    this.#seen = new Map();
  }

  note(envelope: CommandEnvelope, before: EngineState, events: readonly Event[], after: EngineState): void {
    const { command } = envelope;
    const [first] = events;
    const rejected = events.find((event) => event.kind === "CommandRejected");
    this.#noteBranch(command, before, events);
    if (before.provisional && !before.ended) {
      const isDone = rejected === undefined && first?.kind !== "Misdirected";
      this.#meet(`in a fork: ${command.kind}`, isDone || rejected?.reason === "not-in-fork");
      this.#meet(
        "traded in a fork",
        events.some(({ kind }) => kind === "Trade"),
      );
    }
    if (rejected?.command === command.kind) this.#meet(`rejected ${rejected.reason}: ${command.kind}`);
    this.#noteTransfer(envelope, before, events);
    if (command.kind === "ForkCommand") this.#noteReplay(command, before, events);
    if (first?.kind === "ForkCommandIgnored") {
      const ended = before.forks.some(({ fork, ended }) => fork === first.fork && ended);
      this.#meet("ignored: ended", ended);
      this.#meet("ignored: too early", !ended && first.n > first.cursor);
      this.#meet("ignored: again", !ended && first.n <= first.cursor);
    }
    this.#meet("two forks at once", after.forks.filter(({ ended }) => !ended).length > 1);
    if (command.kind !== "ForkCommand" && first?.kind !== "Misdirected" && first?.kind !== "CommandRepeated")
      this.#seen.set(envelope.commandId, rejected === undefined ? "alone" : "refused");
    if (first?.kind === "CommandRepeated")
      this.#meet("came by itself after its replay", this.#seen.get(envelope.commandId) === "replayed");
  }

  #noteBranch(command: Command, before: EngineState, events: readonly Event[]): void {
    const [first] = events;
    const isMisdirected = first?.kind === "Misdirected";
    if (isMisdirected && before.ended) this.#meet(`behind an end: ${command.kind}`);
    if (isMisdirected && !before.ended) this.#meet(`out of place: ${command.kind}`);
    if (first?.kind === "BranchBegan") {
      const what = first.provisional ? "a fork began" : "a reign began";
      this.#meet(before.ended ? `${what} behind an end` : what);
    }
    if (first?.kind === "BranchEnded") {
      if (command.kind === "EpochEnded") this.#meet("an epoch ended");
      else this.#meet(before.provisional ? "a fork was sealed" : "a reign was sealed");
    }
  }

  #noteTransfer(
    { command, commandId }: CommandEnvelope,
    before: EngineState,
    events: readonly Event[],
  ): void {
    const isRepeated = events[0]?.kind === "CommandRepeated";
    this.#meet("transfer out repeated", command.kind === "TransferOut" && isRepeated);
    this.#meet("transfer in repeated", command.kind === "TransferIn" && isRepeated);
    if (command.kind === "TransferIn") {
      const isCredited = events.some(({ kind }) => kind === "TransferredIn");
      this.#meet("transfer in refused, then credited", isCredited && this.#seen.get(commandId) === "refused");
      this.#meet("transfer in defined an asset", isCredited && events[0]?.kind === "AssetDefined");
    }
    if (command.kind === "TransferSettled" && !before.provisional && !before.ended)
      this.#meet("settled what was not in flight", events.length === 0);
  }

  #noteReplay(command: ForkCommand, before: EngineState, events: readonly Event[]): void {
    const [first] = events;
    if (first?.kind !== "ForkCommandReplayed") return;
    const { command: inner, commandId, mode } = command;
    this.#meet(`replay ${first.result}`);
    const seen = this.#seen.get(commandId);
    this.#meet("merged with what came by itself", first.result === "merged" && seen === "alone");
    this.#meet("merged with what a fork skipped", first.result === "merged" && seen === "skipped");
    if (first.result !== "merged") this.#seen.set(commandId, first.result);
    if (first.result !== "replayed") return;
    const isRefused = events.some(
      (event) => event.kind === "CommandRejected" && event.command === inner.kind,
    );
    this.#meet(isRefused ? `replay refused ${inner.kind}` : `replayed ${inner.kind}`);
    if (mode === "immediate") this.#noteImmediate(command, first, before, events);
  }

  #noteImmediate(
    { command: inner, quantity, price }: ForkCommand,
    { orderId }: ForkCommandReplayed,
    before: EngineState,
    events: readonly Event[],
  ): void {
    if (inner.kind !== "PlaceOrder" && inner.kind !== "ReplaceOrder") return;
    const isAccepted = events.some((event) => event.kind === "OrderAccepted" && event.orderId === orderId);
    if (!isAccepted) return;
    const terms = inner.kind === "PlaceOrder" ? inner : inner.order;
    const { market } = before.markets.find((each) => each.market.id === inner.market) ?? {};
    const traded = events.flatMap((event) =>
      event.kind === "Trade" && event.takerOrderId === orderId ? [event.quantity] : [],
    );
    const sum = traded.reduce((total, each) => total + each, 0);
    this.#meet(`immediate ${terms.type}`);
    this.#meet("immediate order traded", sum > 0);
    this.#meet("immediate order traded all", sum === quantity);
    this.#meet("immediate order below minQuantity", quantity < (market?.minQuantity ?? 0));
    const notional = price * quantity * (market?.quotePerTickLot ?? 0);
    this.#meet("immediate order below minNotional", notional < (market?.minNotional ?? 0));
    this.#meet("immediate ReplaceOrder replaced", inner.kind === "ReplaceOrder");
  }
}
