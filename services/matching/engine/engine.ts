import type { Command, CommandEnvelope, ForkCommand } from "#shared/domain/command.ts";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { decodeCommand, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { decodeEvents } from "#shared/domain/encoding/outcome-encoding.ts";
import { decodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { EncodedEvents, Engine } from "#shared/domain/engine.ts";
import type { EngineState, ForkState, TransferState } from "#shared/domain/engine-state.ts";
import type { Event, RejectReason } from "#shared/domain/event.ts";
import type { BranchId, CommandId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import { unreachable } from "#shared/domain/invariant.ts";
import { MAX_VALIDITY_MS, MEMORY_MS } from "#shared/domain/rules.ts";
import { uncross } from "./auction.ts";
import { type OrdinaryCommand, ordinaryCommand } from "./branches.ts";
import type { Capacity } from "./capacity.ts";
import {
  amendOrder,
  cancelAllOrders,
  cancelById,
  cancelOrder,
  cancelOrderList,
  replaceOrder,
} from "./change-orders.ts";
import { type CommandMemory, hashOfCommandId } from "./command-memory.ts";
import { defineAsset, defineMarket } from "./definitions.ts";
import { endMarket } from "./end-market.ts";
import { expireStored } from "./end-order.ts";
import { GOOD_TILL_DATE } from "./expiry.ts";
import { asReplayed, besideCanonical, isPart, replayedEvent, takesTurn } from "./fork-replay.ts";
import { deposit, withdraw } from "./funding.ts";
import { haltedInFork, refusedInFork } from "./in-fork.ts";
import type { MarketState } from "./market-state.ts";
import { Matching } from "./matching.ts";
import { isRepeatable, memoryFor } from "./memory-for.ts";
import { tellMerged } from "./orders-merged.ts";
import { placeOrderList } from "./place-list.ts";
import { placeOrder } from "./place-order.ts";
import { ReadAhead } from "./read-ahead.ts";
import { rejected, writeRejected } from "./rejected.ts";
import { restoreShard } from "./restore.ts";
import { Shard } from "./shard.ts";
import { writeSnapshot } from "./snapshot.ts";
import { Terms } from "./terms.ts";
import { settleTransfer, transferIn, transferOut } from "./transfer-funds.ts";
import { workOff } from "./work-off.ts";

/**
 * A new shard: no markets, no money, time 0. With a capacity it takes (and touches) the memory for so much at once, so that no `apply` pays for memory
 * that grows until then.
 */
export function createEngine(shard: ShardId, branch: BranchId, capacity?: Capacity): Engine {
  return new FastEngine(new Shard(shard, branch, capacity));
}

/** A shard as `snapshot()` left it. Throws `DecodingError` for other bytes, `InvariantViolation` for a state that cannot be. */
export function restoreEngine(bytes: Uint8Array): Engine {
  return new FastEngine(restoreShard(bytes));
}

/** The fold over flat memory: commands and events stay encoded, orders and balances are rows of typed arrays. */
class FastEngine implements Engine {
  readonly #shard: Shard;
  readonly #matching: Matching;
  readonly #records: ReadAhead;
  readonly #terms = new Terms();
  readonly #id = new Int32Array(4);
  readonly #idBytes = Buffer.from(this.#id.buffer);

  constructor(shard: Shard) {
    this.#shard = shard;
    this.#matching = new Matching(shard);
    this.#records = new ReadAhead(shard);
  }

  get seq(): Seq {
    return this.#shard.seq as Seq;
  }

  get time(): number {
    return this.#shard.time;
  }

  get branch(): BranchId {
    return this.#shard.branch;
  }

  get epoch(): number {
    return this.#shard.epoch;
  }

  get provisional(): boolean {
    return this.#shard.provisional;
  }

  get ended(): boolean {
    return this.#shard.ended;
  }

  transfers(): readonly TransferState[] {
    return this.#shard.transfers.states();
  }

  fork(id: BranchId): ForkState {
    return this.#shard.forks.find(id);
  }

  apply(envelope: CommandEnvelope | null): readonly Event[] {
    const { bytes, length, count } =
      envelope === null ? this.#undecodable() : this.applyEncoded(encodeCommand(envelope));
    return decodeEvents(bytes, count, length);
  }

  expect(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.#records.expect(bytes, start, end);
  }

  applyEncoded(bytes: Uint8Array, start = 0, end = bytes.length): EncodedEvents {
    const shard = this.#shard;
    const command = this.#records.take(bytes, start, end);
    const found = shard.ended ? "other" : command.found;
    if (found === "other")
      return this.#applyOther(bytes.length === end - start ? bytes : bytes.subarray(start, end));
    shard.events.clear();
    shard.seq++;
    if (found === "Tick") {
      this.#tick(command.time);
      this.#endCommand();
      return shard.events;
    }
    const { account, market, terms } = command;
    const admitted = this.#admit(command.commandId, command.validUntil, shard.commands, command.hash);
    if (admitted === "repeated") {
      if (found === "PlaceOrder") tellMerged(shard, decodeCommand(bytes.subarray(start, end)));
      return shard.events;
    }
    const refused = admitted ?? haltedInFork(shard, market);
    const isPlace = found === "PlaceOrder";
    const reason =
      refused ??
      (isPlace ? this.#place(account, market, terms) : this.#cancel(account, market, command.orderId));
    if (reason !== undefined) writeRejected(shard.events, command, reason);
    this.#endCommand();
    return shard.events;
  }

  state(): EngineState {
    return decodeState(this.snapshot());
  }

  snapshot(): Uint8Array {
    return writeSnapshot(this.#shard);
  }

  digest(): string {
    return this.#shard.digestHex();
  }

  writeDigest(lanes: Int32Array): void {
    this.#shard.writeDigest(lanes);
  }

  #undecodable(): EncodedEvents {
    const { events } = this.#shard;
    this.#shard.seq++;
    events.clear();
    events.event({ kind: "Undecodable" });
    return events;
  }

  #applyOther(bytes: Uint8Array): EncodedEvents {
    const shard = this.#shard;
    const { events } = shard;
    this.#records.forget();
    const envelope = decodedOrNull(bytes);
    if (envelope === null) return this.#undecodable();
    shard.seq++;
    events.clear();
    const command = ordinaryCommand(shard, envelope);
    if (command === undefined) this.#records.follow(shard.branch);
    else {
      this.#obey(command, envelope);
      this.#endCommand();
    }
    return events;
  }

  /** A command of this branch: rules 3 to 5. */
  #obey(command: OrdinaryCommand, { commandId, validUntil }: CommandEnvelope): void {
    const shard = this.#shard;
    this.#takeId(commandId);
    const refused = isRepeatable(command.kind)
      ? undefined
      : this.#admit(this.#id, validUntil, memoryFor(shard, command.kind));
    if (refused === "repeated") {
      tellMerged(shard, { command, commandId });
      return;
    }
    const reason = refused ?? refusedInFork(shard, command) ?? this.#do(command, commandId);
    if (reason !== undefined) shard.events.event(rejected(command, reason));
  }

  #takeId(commandId: CommandId): void {
    this.#idBytes.write(commandId, "hex");
  }

  /** One command of a fork. */
  #replay(command: ForkCommand): void {
    const shard = this.#shard;
    if (!takesTurn(shard, command)) return;
    const { command: inner, commandId, mode } = command;
    this.#takeId(commandId);
    const firstSeq = isRepeatable(inner.kind) ? 0 : this.#firstSeq(this.#id, hashOfCommandId(this.#id));
    const result = firstSeq > 0 ? "merged" : mode === "skip" ? "skipped" : "replayed";
    shard.events.event(replayedEvent(command, result, firstSeq as Seq));
    if (result === "merged") {
      tellMerged(shard, command);
      return;
    }
    memoryFor(shard, inner.kind)?.remember(this.#id, shard.seq, shard.time);
    if (result === "skipped") return;
    shard.isReplayingPart = isPart(command);
    const reason = this.#do(asReplayed(command), commandId);
    shard.isReplayingPart = false;
    if (reason !== undefined) shard.events.event(rejected(inner, reason));
  }

  #firstSeq(id: Int32Array, hash: number): number {
    return this.#shard.commands.firstSeq(id, hash) || this.#shard.deposits.firstSeq(id, hash);
  }

  /** Rules 3 and 4 of every command. */
  #admit(
    id: Int32Array,
    validUntil: number,
    memory: CommandMemory | undefined,
    hash = hashOfCommandId(id),
  ): RejectReason | "repeated" | undefined {
    const shard = this.#shard;
    const { seq, time } = shard;
    const firstSeq = this.#firstSeq(id, hash);
    if (firstSeq > 0) {
      shard.events.event({ kind: "CommandRepeated", firstSeq: firstSeq as Seq });
      return "repeated";
    }
    memory?.remember(id, seq, time, hash);
    if (validUntil === 0) return undefined;
    if (validUntil < time) return "expired-command";
    return validUntil > time + MAX_VALIDITY_MS ? "validity-too-long" : undefined;
  }

  #place(account: number, market: MarketState, terms: Terms): RejectReason | undefined {
    const reason = placeOrder(this.#shard, this.#matching, market, account, terms);
    workOff(this.#shard, this.#matching);
    return reason;
  }

  #cancel(account: number, market: MarketState, orderId: number): RejectReason | undefined {
    if (market.state === "HALT") return "market-closed";
    return cancelById(this.#shard, market, account, orderId) ? undefined : "unknown-order";
  }

  #tick(time: number): void {
    const shard = this.#shard;
    const { commands, clientOrderIds, goodTillDates } = shard;
    if (time > shard.time) shard.time = time;
    commands.forget(shard.time - MEMORY_MS);
    clientOrderIds.forget(shard.time - MEMORY_MS);
    while (goodTillDates.earliest <= shard.time) {
      const entry = goodTillDates.take();
      if (entry === undefined) return;
      const order = shard.book.orders.find(entry.orderId);
      const extras = order < 0 ? -1 : shard.book.orders.extras(order);
      const isMeant = extras >= 0 && shard.extras.goodTillDate(extras) === entry.date;
      if (isMeant) expireStored(shard, shard.marketOf(order), order, GOOD_TILL_DATE);
    }
  }

  /** `commandId` is the command's own, and taken. */
  #do(command: OrdinaryCommand, commandId: CommandId): RejectReason | undefined {
    const shard = this.#shard;
    switch (command.kind) {
      case "Tick":
        this.#tick(command.time);
        return undefined;
      case "ForkCommand":
        this.#replay(command);
        return undefined;
      case "ForkReplayEnded": {
        const { fork, n, last } = command;
        if (!takesTurn(shard, command)) return undefined;
        const balances = command.balances.map((balance) => besideCanonical(shard, balance));
        shard.events.event({ kind: "ForkReplayDone", fork, n, balances, last });
        return undefined;
      }
      case "TransferOut":
        return transferOut(shard, commandId, command);
      case "TransferIn": {
        const reason = transferIn(shard, command);
        // What was not credited may come again.
        if (reason === undefined) shard.deposits.remember(this.#id, shard.seq, shard.time);
        return reason;
      }
      case "TransferSettled":
        settleTransfer(shard, command);
        return undefined;
      case "Deposit":
        return deposit(shard, command);
      case "Withdraw":
        return withdraw(shard, command);
      case "DefineAsset": {
        const reason = defineAsset(shard, command.asset);
        if (reason === undefined) shard.events.event({ kind: "AssetDefined", asset: command.asset });
        return reason;
      }
      case "DefineMarket": {
        const reason = defineMarket(shard, command.market);
        if (reason === undefined) shard.events.event({ kind: "MarketDefined", market: command.market });
        return reason;
      }
      default: {
        const market = shard.findMarket(command.market);
        if (market === undefined) return "unknown-market";
        const reason = haltedInFork(shard, market) ?? this.#doInMarket(command, market);
        workOff(shard, this.#matching);
        return reason;
      }
    }
  }

  #doInMarket(command: MarketCommand, market: MarketState): RejectReason | undefined {
    const shard = this.#shard;
    switch (command.kind) {
      case "PlaceOrder":
        this.#terms.load(command);
        return placeOrder(shard, this.#matching, market, command.account, this.#terms);
      case "PlaceOrderList":
        return placeOrderList(shard, this.#matching, market, command);
      case "CancelOrder":
        return cancelOrder(shard, market, command);
      case "CancelAllOrders":
        return cancelAllOrders(shard, market, command);
      case "CancelOrderList":
        return cancelOrderList(shard, market, command);
      case "AmendOrder":
        return amendOrder(shard, market, command);
      case "ReplaceOrder":
        return replaceOrder(shard, this.#matching, market, command);
      case "SetMarketState":
        market.state = command.state;
        market.isChanged = true;
        shard.events.event({ kind: "MarketStateChanged", market: command.market, state: command.state });
        if (command.state === "TRADING") uncross(shard, market);
        return undefined;
      default:
        return unreachable(command);
    }
  }

  /** Ends a command: changed balances, then changed levels. */
  #endCommand(): void {
    const shard = this.#shard;
    const { assets } = shard;
    shard.balances.writeChanges(shard.events, assets.changed, assets.change);
    assets.changed = -1;
    const { markets } = shard;
    if (markets.length === 1) endMarket(shard, markets[0] as MarketState);
    else {
      const { marketsById } = shard;
      for (let at = 0; at < marketsById.length; at++) endMarket(shard, marketsById[at] as MarketState);
    }
  }
}

/** What names a market to act in. */
type MarketCommand = Extract<Command, { market: MarketId }>;

function decodedOrNull(bytes: Uint8Array): CommandEnvelope | null {
  try {
    return decodeCommand(bytes);
  } catch (error) {
    if (error instanceof DecodingError) return null;
    throw error;
  }
}
