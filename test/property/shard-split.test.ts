import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import { encodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { Event } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  Seq,
  ShardId,
} from "#shared/domain/ids.ts";
import { isMarketType } from "#shared/domain/order.ts";
import { EngineShard } from "#test/support/engine-shard.ts";
import { SEED } from "#test/support/seed.ts";
import { BRANCH, commandStreams, type Stream } from "./command-streams.ts";
import { keyOf, neededBy, splitState } from "./shard-split.ts";
import { MARKET_IDS } from "./stream-setting.ts";

const [OLD, NEW] = ["shard-1", "shard-2"].map((id) => id as ShardId) as [ShardId, ShardId];
const NEW_BRANCH = "us-east-1.2" as BranchId;
const [, MOVING] = MARKET_IDS as [MarketId, MarketId];
const RUNS = 300;
const RICH = 1e10;
/** Above the ids that streams give orders before. */
const FIRST_ID = 1e9;

/** What a trader sees of a command: what became of orders and books. Balances are told of each shard by itself. */
type Told = readonly Event[];

describe("a shard that is split", function () {
  this.timeout(120_000);

  it("trades in two shards as it would have in one: the same fills, books and refusals, and no fund more or less", () => {
    const seen = { splits: 0, trades: 0, moved: 0 };
    fc.assert(
      fc.property(commandStreams(140), fc.nat(999), (stream, at) => {
        const cut = Math.floor((stream.length * at) / 1000);
        const whole = createEngine(OLD, BRANCH);
        for (const envelope of stream.slice(0, cut)) whole.apply(envelope);
        if (whole.ended || whole.provisional || whole.branch !== BRANCH) return;
        makeRich(whole, stream);
        const parts = new Parts(whole, MOVING);
        seen.splits++;
        seen.moved += parts.fresh.state().balances.length;
        for (const envelope of marketCommandsOf(stream.slice(cut)).map(namedByMarket(stream.slice(0, cut)))) {
          const expected = visible(whole.apply(envelope));
          expect(visible(parts.apply(envelope))).to.deep.equal(expected);
          seen.trades += expected.filter(({ kind }) => kind === "Trade").length;
        }
        expect(parts.holdings()).to.deep.equal(holdingsOf([whole]));
        expect(booksOf([parts.kept, parts.fresh])).to.deep.equal(booksOf([whole]));
      }),
      { seed: SEED, numRuns: RUNS },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, what).to.be.above(RUNS / 4);
  });

  it("takes along what a list's pending order needs when its turn comes, though nothing is locked for it", () => {
    const engine = createEngine(OLD, BRANCH);
    const whole = new EngineShard({ name: "whole", create: () => engine });
    const working = { id: 1, side: "BUY", price: 100, quantity: 2 } as const;
    whole.list("OTO", [working, { id: 2, side: "SELL", price: 120, quantity: 5 }]);
    const parts = new Parts(engine, "AAAQQQ" as MarketId);
    const fill = whole.placing({ id: 9, account: 2, side: "SELL", price: 100, quantity: 2 });
    const kinds = parts
      .apply({ commandId: "9".repeat(32) as CommandId, branch: BRANCH, validUntil: 0, command: fill })
      .map(({ kind }) => kind);
    expect(kinds).to.include.members(["Trade", "OrderActivated"]).and.not.include("OrderExpired");
  });

  it("takes nothing twice that it had taken before, in whichever part it arrives", () => {
    let repeated = 0;
    fc.assert(
      fc.property(commandStreams(100), (stream) => {
        const whole = createEngine(OLD, BRANCH);
        for (const envelope of stream) whole.apply(envelope);
        if (whole.ended || whole.provisional || whole.branch !== BRANCH) return;
        const remembered = new Set(whole.state().commands.map(({ commandId }) => commandId));
        const parts = new Parts(whole, MOVING);
        const before = [parts.kept, parts.fresh].map((engine) => booksOf([engine]));
        for (const envelope of marketCommandsOf(stream)) {
          if (envelope.command.kind === "Tick" || !remembered.has(envelope.commandId)) continue;
          const [first, ...rest] = parts.apply(envelope);
          expect(first?.kind).to.equal("CommandRepeated");
          // Orders that ended are told to stand under the id that they had: nothing happens to them.
          for (const { kind } of rest) expect(kind).to.equal("OrdersMerged");
          repeated++;
        }
        expect([parts.kept, parts.fresh].map((engine) => booksOf([engine]))).to.deep.equal(before);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(repeated).to.be.above(RUNS);
  });

  it("is the same two states whoever splits it, and each is whole by the engine's own rules", () => {
    fc.assert(
      fc.property(commandStreams(80), (stream) => {
        const [one, other] = [createEngine(OLD, BRANCH), createEngine(OLD, BRANCH)];
        for (const envelope of stream) for (const engine of [one, other]) engine.apply(envelope);
        if (one.ended || one.provisional || one.branch !== BRANCH) return;
        // A replica that had to restore comes to the same.
        const [first, second] = [new Parts(one, MOVING), new Parts(restoreEngine(other.snapshot()), MOVING)];
        expect(first.kept.digest()).to.equal(second.kept.digest());
        expect(first.fresh.digest()).to.equal(second.fresh.digest());
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});

/** The two shards, and the way of a command and of funds between them. Restoring asserts a state's invariants: locks are what orders lock, balances add up to the supply. */
class Parts {
  readonly kept: Engine;
  readonly fresh: Engine;
  readonly #moving: MarketId;
  #transfers = 0;

  constructor(whole: Engine, moving: MarketId) {
    const { kept, moved } = splitState(whole.state(), {
      markets: new Set([moving]),
      shard: NEW,
      branch: NEW_BRANCH,
    });
    this.kept = restoreEngine(encodeState(kept));
    this.fresh = restoreEngine(encodeState(moved));
    this.#moving = moving;
  }

  apply(envelope: CommandEnvelope): Told {
    const { command } = envelope;
    if (!("market" in command) || typeof command.market !== "string") {
      return [this.kept, this.fresh].flatMap((engine) =>
        engine.apply({ ...envelope, branch: engine.branch }),
      );
    }
    const isMoved = command.market === this.#moving;
    const [here, there] = isMoved ? [this.fresh, this.kept] : [this.kept, this.fresh];
    if (command.kind === "PlaceOrder") this.#bringFunds(command.account, there, here);
    return here.apply({ ...envelope, branch: here.branch });
  }

  /** As an order's funds are brought to its shard: sent, credited, settled. */
  #bringFunds(account: AccountId, from: Engine, to: Engine): void {
    const { balances, assets } = from.state();
    const needed = neededBy(from.state().markets);
    for (const balance of balances.filter((one) => one.account === account)) {
      const amount = balance.free - (needed.get(keyOf(balance)) ?? 0);
      if (amount <= 0) continue;
      const { asset } = balance;
      const transferId = this.#id();
      const scale = assets.find((one) => one.asset.id === asset)?.asset.scale ?? 0;
      const [fromShard, toShard] = from === this.kept ? [OLD, NEW] : [NEW, OLD];
      this.#send(from, { kind: "TransferOut", account, asset, amount, toShard }, transferId);
      this.#send(to, { kind: "TransferIn", transferId, account, asset, scale, amount, fromShard });
      this.#send(from, { kind: "TransferSettled", transferId });
    }
  }

  #send(engine: Engine, command: Command, commandId = this.#id()): void {
    engine.apply({ commandId, branch: engine.branch, validUntil: 0, command });
  }

  #id(): CommandId {
    return `f${(++this.#transfers).toString(16).padStart(31, "0")}` as CommandId;
  }

  holdings() {
    return holdingsOf([this.kept, this.fresh]);
  }
}

/**
 * Whoever has orders that take funds when their turn comes can pay for them and for whatever else: which of two orders gets funds that are not enough for both is another question in two shards than in one.
 */
function makeRich(whole: Engine, stream: Stream): void {
  const owners = new Set(
    stream.flatMap((envelope) => (envelope === null ? [] : takesLater(envelope.command))),
  );
  let id = 0;
  for (const account of owners)
    for (const { asset } of whole.state().assets) {
      const commandId = `e${(++id).toString(16).padStart(31, "0")}` as CommandId;
      const command: Command = { kind: "Deposit", account, asset: asset.id, amount: RICH };
      whole.apply({ commandId, branch: BRANCH, validUntil: 0, command });
    }
}

function takesLater(command: Command): AccountId[] {
  if (command.kind === "PlaceOrder") return isMarketType(command.type) ? [command.account] : [];
  const isPlacing = command.kind === "PlaceOrderList" || command.kind === "ReplaceOrder";
  return isPlacing ? [command.account] : [];
}

/** Commands of one market, and ticks: what both sides must agree on. */
function marketCommandsOf(stream: Stream): CommandEnvelope[] {
  return stream.filter((envelope) => {
    if (envelope === null || envelope.branch !== BRANCH) return false;
    const { command } = envelope;
    if (command.kind === "Tick") return true;
    return (
      MARKET_KINDS.has(command.kind) && "market" in command && MARKET_IDS.includes(command.market as MarketId)
    );
  }) as CommandEnvelope[];
}

/** Ids as they are given behind the split: a shard remembers its own, so those of one market are told apart from the other's. What names an order of before goes on to do so. */
function namedByMarket(before: Stream): (envelope: CommandEnvelope) => CommandEnvelope {
  const placed = before.flatMap((envelope) =>
    envelope?.command.kind === "PlaceOrder" ? [envelope.command] : [],
  );
  const ids = new Set<number>(placed.map(({ orderId }) => orderId));
  const names = new Set(placed.map(({ clientOrderId }) => clientOrderId));
  return (envelope) => {
    const { command, commandId } = envelope;
    if (!("market" in command)) return envelope;
    const isMoved = command.market === MOVING;
    const idOf = (id: number) =>
      (id === 0 ? 0 : (2 * id + (isMoved ? 1 : 0)) % Number.MAX_SAFE_INTEGER) as OrderId;
    const nameOf = (name: string) => (name === "" ? "" : `${isMoved ? "b" : "a"}.${name}`);
    const named = { ...envelope, commandId: `${isMoved ? "b" : "a"}${commandId.slice(1)}` as CommandId };
    if (command.kind === "PlaceOrder") {
      const { orderId, clientOrderId } = command;
      return {
        ...named,
        command: { ...command, orderId: idOf(orderId + FIRST_ID), clientOrderId: nameOf(clientOrderId) },
      };
    }
    if (command.kind !== "CancelOrder" && command.kind !== "AmendOrder") return named;
    const { orderId, origClientOrderId } = command;
    return {
      ...named,
      command: {
        ...command,
        orderId: orderId === 0 || ids.has(orderId) ? orderId : idOf(orderId + FIRST_ID),
        origClientOrderId: names.has(origClientOrderId) ? origClientOrderId : nameOf(origClientOrderId),
      },
    };
  };
}

const MARKET_KINDS: ReadonlySet<Command["kind"]> = new Set([
  "PlaceOrder",
  "CancelOrder",
  "AmendOrder",
  "SetMarketState",
]);

/** A tick may end orders of both markets, each in its own order. */
function marketOf(event: Event): string {
  return "market" in event && typeof event.market === "string" ? event.market : "";
}

/** Events but for what each shard tells of itself: balances, and the seq at which a command came first. */
function visible(events: Told): Told {
  return events
    .filter(({ kind }) => kind !== "BalanceChanged")
    .map((event) => (event.kind === "CommandRepeated" ? { ...event, firstSeq: 0 as Seq } : event))
    .toSorted((a, b) => (marketOf(a) < marketOf(b) ? -1 : marketOf(a) > marketOf(b) ? 1 : 0));
}

/** Free and locked of each account and asset, over all shards. */
function holdingsOf(engines: readonly Engine[]) {
  const sums = new Map<string, { free: number; locked: number }>();
  for (const engine of engines)
    for (const { account, asset, free, locked } of engine.state().balances) {
      const key = `${account} ${asset satisfies AssetId}`;
      const sum = sums.get(key) ?? { free: 0, locked: 0 };
      sums.set(key, { free: sum.free + free, locked: sum.locked + locked });
    }
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Markets with their orders, but for the numbers that order them in time: each shard counts its own. */
function booksOf(engines: readonly Engine[]) {
  return engines
    .flatMap((engine) => engine.state().markets)
    .toSorted((a, b) => (a.market.id < b.market.id ? -1 : 1))
    .map(({ bids, asks, waiting, pending, ...market }) => ({
      ...market,
      ...{
        bids: bids.map(unplaced),
        asks: asks.map(unplaced),
        waiting: waiting.map(unplaced),
        pending: pending.map(unplaced),
      },
    }));
}

function unplaced<T extends { readonly priority: number }>({ priority: _, ...order }: T) {
  return order;
}
