import type {
  BranchStarted,
  Command,
  CommandEnvelope,
  EpochEnded,
  ForkSealed,
} from "#shared/domain/command.ts";
import { digestOfState } from "#shared/domain/digest/state-digest.ts";
import { encodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { Fold } from "#shared/domain/engine.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Event } from "#shared/domain/event.ts";
import type { BranchId, CommandId, Seq, ShardId } from "#shared/domain/ids.ts";
import { unreachable } from "#shared/domain/invariant.ts";
import { defineAsset, defineMarket, deposit, setMarketState, withdraw } from "./naive-administration.ts";
import { endBranch, isInPlace, startBranch } from "./naive-branches.ts";
import { pictureOf, tellChanges } from "./naive-changes.ts";
import { amendOrder, cancelAllOrders, cancelOrder, cancelOrderList, replaceOrder } from "./naive-changing.ts";
import { checkFork, endReplay, replay } from "./naive-forks.ts";
import { firstSeqOf, isRepeatable, rememberComing, rememberDone } from "./naive-memory.ts";
import { mergedOrders } from "./naive-merged.ts";
import { placeOrder, placeOrderList } from "./naive-placing.ts";
import { rejectionOf } from "./naive-rejection.ts";
import { stateOf } from "./naive-state.ts";
import { tick } from "./naive-time.ts";
import { settleTransfer, transferIn, transferOut } from "./naive-transfers.ts";
import { demand, marketOf, Refusal, type World } from "./naive-world.ts";

const HOUR_MS = 60 * 60 * 1000;

/**
 * The rules of docs/engine-rules.md, written down as plainly as possible and with no thought of speed: lists that are searched and sorted
 * each time, BigInt for money, and changes found by comparing what was before with what is after.
 */
export function createNaiveEngine(shard: ShardId, branch: BranchId): Fold {
  return new NaiveEngine(shard, branch);
}

class NaiveEngine implements Fold {
  readonly #world: World;

  constructor(shard: ShardId, branch: BranchId) {
    this.#world = {
      shard,
      branch,
      epoch: 0,
      provisional: false,
      ended: false,
      seq: 0 as Seq,
      time: 0,
      lastPriority: 0,
      assets: [],
      markets: [],
      balances: [],
      orders: [],
      lists: [],
      commands: [],
      deposits: [],
      clientOrderIds: [],
      transfers: [],
      forks: [],
      isReplayingPart: false,
      queue: [],
      events: [],
    };
  }

  get seq(): Seq {
    return this.#world.seq;
  }

  get time(): number {
    return this.#world.time;
  }

  apply(envelope: CommandEnvelope | null): readonly Event[] {
    const world = this.#world;
    world.seq = (world.seq + 1) as Seq;
    if (envelope === null) return [{ kind: "Undecodable" }];
    const { command, commandId, branch } = envelope;
    if (!isInPlace(world, envelope)) return [{ kind: "Misdirected", intended: branch }];
    world.events = [];
    if (command.kind === "BranchStarted") {
      startBranch(world, command);
      return world.events;
    }
    if (command.kind === "EpochEnded" || command.kind === "ForkSealed") {
      endBranch(world, command);
      return world.events;
    }
    const firstSeq = firstSeqOf(world, command, commandId);
    if (firstSeq !== undefined)
      return [{ kind: "CommandRepeated", firstSeq }, ...mergedOrders(command, commandId)];
    rememberComing(world, command, commandId);
    const before = pictureOf(world);
    try {
      if (!isRepeatable(command)) checkValidity(world, envelope);
      checkFork(world, command);
      follow(world, command, commandId);
      rememberDone(world, command, commandId);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return [rejectionOf(command, refusal.reason)];
    }
    tellChanges(world, before);
    return world.events;
  }

  state(): EngineState {
    return stateOf(this.#world);
  }

  snapshot(): Uint8Array {
    return encodeState(this.state());
  }

  digest(): string {
    return digestOfState(this.state());
  }
}

function checkValidity(world: World, { validUntil }: CommandEnvelope): void {
  demand(validUntil === 0 || validUntil >= world.time, "expired-command");
  demand(validUntil === 0 || validUntil <= world.time + HOUR_MS, "validity-too-long");
}

type Followed = Exclude<Command, BranchStarted | EpochEnded | ForkSealed>;

function follow(world: World, command: Followed, commandId: CommandId): void {
  switch (command.kind) {
    case "PlaceOrder": {
      const { kind: _kind, account, market, ...terms } = command;
      placeOrder(world, account, marketOf(world, market), terms);
      break;
    }
    case "PlaceOrderList":
      placeOrderList(world, command);
      break;
    case "CancelOrder":
      cancelOrder(world, command);
      break;
    case "CancelOrderList":
      cancelOrderList(world, command);
      break;
    case "ReplaceOrder":
      replaceOrder(world, command);
      break;
    case "CancelAllOrders":
      cancelAllOrders(world, command);
      break;
    case "AmendOrder":
      amendOrder(world, command);
      break;
    case "Deposit":
      deposit(world, command);
      break;
    case "Withdraw":
      withdraw(world, command);
      break;
    case "DefineAsset":
      defineAsset(world, command);
      break;
    case "DefineMarket":
      defineMarket(world, command);
      break;
    case "SetMarketState":
      setMarketState(world, command);
      break;
    case "TransferOut":
      transferOut(world, commandId, command);
      break;
    case "TransferIn":
      transferIn(world, command);
      break;
    case "TransferSettled":
      settleTransfer(world, command);
      break;
    case "ForkCommand":
      replay(world, command, (inner, innerId) => follow(world, inner, innerId));
      break;
    case "ForkReplayEnded":
      endReplay(world, command);
      break;
    case "Tick":
      tick(world, command);
      break;
    default:
      unreachable(command);
  }
}
