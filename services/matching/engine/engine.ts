import type { Command, CommandEnvelope, Deposit } from "#shared/domain/command.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { decodeState, encodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { CommandRejected, Event, RejectReason } from "#shared/domain/event.ts";
import type { AccountId, BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import { unreachable } from "#shared/domain/invariant.ts";
import { MAX_VALIDITY_MS } from "#shared/domain/rules.ts";
import { checkOrder } from "./check-order.ts";
import { amendOrder, cancelAllOrders, cancelOrder } from "./close-order.ts";
import { defineAsset, defineMarket } from "./definitions.ts";
import { deposit, withdraw } from "./funding.ts";
import { placeOrder } from "./place-order.ts";
import { ShardState } from "./shard-state.ts";

/** A new shard: no markets, no money, time 0. */
export function createEngine(shard: ShardId, branch: BranchId): Engine {
  return new FastEngine(new ShardState(shard, branch));
}

/** A shard as `snapshot()` left it. Throws `DecodingError` for other bytes, `InvariantViolation` for a state that cannot be. */
export function restoreEngine(snapshot: Uint8Array): Engine {
  return new FastEngine(ShardState.from(decodeState(snapshot)));
}

/** The fold, by the rules of docs/engine-rules.md. */
class FastEngine implements Engine {
  readonly #state: ShardState;

  constructor(state: ShardState) {
    this.#state = state;
  }

  get seq(): Seq {
    return this.#state.seq as Seq;
  }

  get time(): number {
    return this.#state.time;
  }

  apply(envelope: CommandEnvelope | null): readonly Event[] {
    const state = this.#state;
    state.seq++;
    if (envelope === null) return [{ kind: "Undecodable" }];
    const { commandId, command } = envelope;
    if (envelope.branch !== state.branch) return [{ kind: "Misdirected", intended: envelope.branch }];
    if (command.kind === "Tick") {
      state.time = Math.max(state.time, command.time);
      state.memory.forget(state.time);
      return [];
    }
    const firstSeq = state.memory.firstSeq(commandId);
    if (firstSeq !== undefined) return [{ kind: "CommandRepeated", firstSeq }];
    const remembered = { commandId, seq: this.seq, time: state.time };
    if (command.kind === "Deposit") state.memory.rememberDeposit(remembered);
    else state.memory.rememberCommand(remembered);

    const { validUntil } = envelope;
    if (validUntil !== 0 && validUntil < state.time) return [rejected(command, "expired-command")];
    if (validUntil > state.time + MAX_VALIDITY_MS) return [rejected(command, "validity-too-long")];

    const events: Event[] = [];
    const reason = this.#fold(command, events);
    if (reason !== undefined) return [rejected(command, reason)];
    this.#appendChanges(command, events);
    return events;
  }

  state(): EngineState {
    return this.#state.toEngineState();
  }

  snapshot(): Uint8Array {
    return encodeState(this.state());
  }

  digest(): string {
    return digestOf(this.snapshot());
  }

  /** Does what the command says, or returns why not and changes nothing. */
  #fold(command: Exclude<Command, { kind: "Tick" }>, events: Event[]): RejectReason | undefined {
    const state = this.#state;
    switch (command.kind) {
      case "Deposit":
        return deposit(state, command, events);
      case "Withdraw":
        return withdraw(state, command, events);
      case "DefineAsset": {
        const reason = defineAsset(state, command.asset);
        if (reason === undefined) events.push({ kind: "AssetDefined", asset: command.asset });
        return reason;
      }
      case "DefineMarket": {
        const reason = defineMarket(state, command.market);
        if (reason === undefined) events.push({ kind: "MarketDefined", market: command.market });
        return reason;
      }
      default:
    }
    const book = state.books.get(command.market);
    if (book === undefined) return "unknown-market";
    switch (command.kind) {
      case "PlaceOrder": {
        const reason = checkOrder(state, book, command);
        if (reason === undefined) placeOrder(state, book, command, events);
        return reason;
      }
      case "CancelOrder":
        return cancelOrder(state, book, command, events);
      case "CancelAllOrders":
        return cancelAllOrders(state, book, command.account, events);
      case "AmendOrder":
        return amendOrder(state, book, command, events);
      default:
        return unreachable(command);
    }
  }

  #appendChanges(command: Command, events: Event[]): void {
    const state = this.#state;
    const { supplyAsset, supplyChange } = supplyChangeOf(command);
    for (const change of state.accounts.takeChanges(supplyAsset, supplyChange)) events.push(change);
    if (!("market" in command) || command.kind === "DefineMarket") return;
    const book = state.books.get(command.market);
    for (const change of book?.takeChanges() ?? []) events.push(change);
  }
}

function supplyChangeOf(command: Command): {
  supplyAsset: Deposit["asset"] | undefined;
  supplyChange: number;
} {
  switch (command.kind) {
    case "Deposit":
      return { supplyAsset: command.asset, supplyChange: command.amount };
    case "Withdraw":
      return { supplyAsset: command.asset, supplyChange: -command.amount };
    default:
      return { supplyAsset: undefined, supplyChange: 0 };
  }
}

function rejected(command: Command, reason: RejectReason): CommandRejected {
  return {
    kind: "CommandRejected",
    reason,
    command: command.kind,
    account: "account" in command ? command.account : (0 as AccountId),
    market: "market" in command && typeof command.market === "string" ? command.market : "",
    orderId: "orderId" in command ? command.orderId : 0,
    clientOrderId: clientOrderIdOf(command),
  };
}

function clientOrderIdOf(command: Command): string {
  if ("clientOrderId" in command) return command.clientOrderId;
  return "origClientOrderId" in command ? command.origClientOrderId : "";
}
