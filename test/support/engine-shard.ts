import { expect } from "chai";
import type {
  AmendOrder,
  BranchStarted,
  CancelOrder,
  Command,
  CommandEnvelope,
  PlaceOrderList,
  ReplaceOrder,
} from "#shared/domain/command.ts";
import type { Event } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  ShardId,
} from "#shared/domain/ids.ts";
import type { Market, TradingState } from "#shared/domain/market.ts";
import {
  isMarketType,
  type OpenOrder,
  type OrderTerms,
  SELF_TRADE_PREVENTIONS,
} from "#shared/domain/order.ts";
import { expectInvariants } from "./engine-invariants.ts";
import type { EngineKind, Folding } from "./engines.ts";
import { toldOf } from "./told.ts";

const BRANCH = "us-east-1.1" as BranchId;
const SHARD = "shard-1" as ShardId;
const MARKET = "AAAQQQ" as MarketId;
const [BASE, QUOTE] = ["AAA" as AssetId, "QQQ" as AssetId];

/** The shard's time at the beginning of a test. */
export const START = 1_700_000_000_000;

/** What a test says of an order; the rest is a GTC limit order to buy, of account 1. */
export type Ask = Partial<Omit<OrderTerms, "orderId" | "clientOrderId">> & {
  readonly id: number;
  readonly account?: number;
  readonly clientOrderId?: string;
};

/**
 * A shard with one market, AAAQQQ, for tests that tell a story: one smallest unit a lot and a tick, no fees, no filters unless the test changes them, and
 * accounts 1 to 9 with a lot of both assets. Every command is followed by a check of the invariants.
 */
export class EngineShard {
  readonly engine: Folding;
  /** Where commands are sent to: the engine's branch, as far as this began it. */
  branch = BRANCH;
  #market: Market;
  #commands = 0;

  constructor(kind: EngineKind, changes: Partial<Market> = {}) {
    this.engine = kind.create(SHARD, BRANCH);
    this.#market = { ...plainMarket(), ...changes };
    this.send({ kind: "Tick", time: START });
    for (const id of [BASE, QUOTE]) this.send({ kind: "DefineAsset", asset: { id, scale: 8 } });
    this.define({});
    for (let account = 1; account <= 9; account++) {
      this.deposit(account, "AAA", 1_000_000);
      this.deposit(account, "QQQ", 100_000_000_000);
    }
  }

  /** Folds a command and gives what it did, in words ({@link toldOf}), without balances and levels. */
  send(command: Command, validUntil = 0): string[] {
    return toldOf(this.fold(command, validUntil));
  }

  /** Folds a command and gives its events. */
  fold(command: Command, validUntil = 0): readonly Event[] {
    this.#commands++;
    const commandId = this.#commands.toString(16).padStart(32, "0") as CommandId;
    return this.#apply({ commandId, branch: this.branch, validUntil, command });
  }

  /** Folds a command of a given id, or sent to a given branch. */
  sendAs(changes: Partial<CommandEnvelope>, command: Command): string[] {
    return toldOf(this.foldAs(changes, command));
  }

  /** As {@link sendAs}, and gives its events. */
  foldAs(changes: Partial<CommandEnvelope>, command: Command): readonly Event[] {
    this.#commands++;
    const commandId = this.#commands.toString(16).padStart(32, "0") as CommandId;
    return this.#apply({ commandId, branch: this.branch, validUntil: 0, command, ...changes });
  }

  /** Goes over to another branch, from here; `changes` make it another than fits. */
  begin(branch: string, changes: Partial<BranchStarted> = {}): string[] {
    const { epoch, seq } = this.engine.state();
    const command: BranchStarted = {
      kind: "BranchStarted",
      branch: branch as BranchId,
      parent: this.branch,
      parentSeq: seq,
      epoch: changes.provisional === true ? epoch : epoch + 1,
      provisional: false,
      ...changes,
    };
    const told = this.sendAs({ branch: branch as BranchId }, command);
    this.branch = this.engine.state().branch;
    return told;
  }

  #apply(envelope: CommandEnvelope): readonly Event[] {
    const events = this.engine.apply(envelope);
    expectInvariants(this.engine.state());
    return events;
  }

  place(ask: Ask): string[] {
    return this.send(this.placing(ask));
  }

  placing(ask: Ask): Extract<Command, { kind: "PlaceOrder" }> {
    return { kind: "PlaceOrder", account: accountOf(ask), market: MARKET, ...termsOf(ask) };
  }

  /** A list with the id 100 × its first order's unless told otherwise; of its first order's account. */
  list(contingency: PlaceOrderList["contingency"], asks: readonly Ask[], listId?: number): string[] {
    return this.send(this.listing(contingency, asks, listId));
  }

  listing(contingency: PlaceOrderList["contingency"], asks: readonly Ask[], listId?: number): PlaceOrderList {
    const [first] = asks;
    const id = listId ?? 100 * (first?.id ?? 0);
    return {
      kind: "PlaceOrderList",
      listId: id as PlaceOrderList["listId"],
      account: accountOf(first),
      market: MARKET,
      listClientOrderId: `list-${id}`,
      contingency,
      orders: asks.map(termsOf),
    };
  }

  cancel(id: number, more: Partial<CancelOrder> & { account?: AccountId } = {}): string[] {
    return this.send({ kind: "CancelOrder", ...this.#named(id), restriction: "NONE", ...more });
  }

  cancelList(listId: number, account = 1): string[] {
    return this.send({
      kind: "CancelOrderList",
      account: account as AccountId,
      market: MARKET,
      listId: listId as PlaceOrderList["listId"],
      listClientOrderId: "",
    });
  }

  cancelAll(account = 1): string[] {
    return this.send({ kind: "CancelAllOrders", account: account as AccountId, market: MARKET });
  }

  amend(id: number, quantity: number, more: Partial<AmendOrder> = {}): string[] {
    return this.send({ kind: "AmendOrder", ...this.#named(id), quantity, ...more });
  }

  replace(id: number, ask: Ask, more: Partial<ReplaceOrder> = {}): string[] {
    const { account, market, orderId, origClientOrderId } = this.#named(id);
    return this.send({
      kind: "ReplaceOrder",
      account,
      market,
      mode: "STOP_ON_FAILURE",
      cancelOrderId: orderId,
      cancelOrigClientOrderId: origClientOrderId,
      restriction: "NONE",
      order: termsOf(ask),
      ...more,
    });
  }

  /** The shard's time becomes so many ms after {@link START}. */
  tick(ms: number): string[] {
    return this.send({ kind: "Tick", time: START + ms });
  }

  state(state: TradingState): string[] {
    return this.send({ kind: "SetMarketState", market: MARKET, state });
  }

  /** Changes the market's definition, on top of earlier changes. */
  define(changes: Partial<Market>): string[] {
    this.#market = { ...this.#market, ...changes };
    return this.send({ kind: "DefineMarket", market: this.#market });
  }

  deposit(account: number, asset: "AAA" | "QQQ", amount: number): string[] {
    return this.send({ kind: "Deposit", account: account as AccountId, asset: asset as AssetId, amount });
  }

  /** Takes away what the account has free beyond so much. */
  keep(account: number, asset: "AAA" | "QQQ", amount: number): void {
    const { free } = this.balance(account, asset);
    this.send({
      kind: "Withdraw",
      account: account as AccountId,
      asset: asset as AssetId,
      amount: free - amount,
    });
  }

  /** Lets accounts 8 and 9 trade one lot at each of these prices, in an otherwise empty book; gives what else that set off. */
  trade(...prices: readonly number[]): string[] {
    return prices.flatMap((price) => {
      const id = 1_000_000 + 2 * this.#commands;
      const asked = this.place({ id, account: 8, side: "SELL", price, quantity: 1 });
      const told = this.place({ id: id + 1, account: 9, side: "BUY", price, quantity: 1 });
      const own = [
        `accepted ${id} working`,
        `accepted ${id + 1} working`,
        `trade ${id + 1} takes 1 @ ${price} of ${id}`,
      ];
      expect(told, `a trade at ${price}`).to.include(own[2]);
      return [...asked, ...told].filter((each) => !own.includes(each));
    });
  }

  order(id: number): OpenOrder | undefined {
    const { bids, asks, waiting, pending } = this.#marketState();
    return [...bids, ...asks, ...waiting, ...pending].find(({ orderId }) => orderId === id);
  }

  /** Where each open order is: `5 in the book`, `6 waiting`, `7 pending`. */
  open(): string[] {
    const { bids, asks, waiting, pending } = this.#marketState();
    return [
      ...[...bids, ...asks].map(({ orderId }) => `${orderId} in the book`),
      ...waiting.map(({ orderId }) => `${orderId} waiting`),
      ...pending.map(({ orderId }) => `${orderId} pending`),
    ];
  }

  /** One side of the book, best first: `order: visible @ price`. */
  book(side: "BUY" | "SELL"): string[] {
    const { bids, asks } = this.#marketState();
    return (side === "BUY" ? bids : asks).map(
      ({ orderId, visible, price }) => `${orderId}: ${visible} @ ${price}`,
    );
  }

  balance(account: number, asset: "AAA" | "QQQ"): { free: number; locked: number } {
    const found = this.engine
      .state()
      .balances.find((each) => each.account === account && each.asset === asset);
    return { free: found?.free ?? 0, locked: found?.locked ?? 0 };
  }

  #marketState() {
    const [market] = this.engine.state().markets;
    if (market === undefined) throw new Error("no market");
    return market;
  }

  #named(id: number) {
    const account = this.order(id)?.account ?? (1 as AccountId);
    return { account, market: MARKET, orderId: id as OrderId, origClientOrderId: "" };
  }
}

function accountOf(ask: Ask | undefined): AccountId {
  return (ask?.account ?? 1) as AccountId;
}

function termsOf({ id, account: _account, ...ask }: Ask): OrderTerms {
  const isMarket = isMarketType(ask.type ?? "LIMIT");
  return {
    orderId: id as OrderId,
    clientOrderId: `c${id}`,
    side: "BUY",
    type: "LIMIT",
    timeInForce: isMarket ? "IOC" : "GTC",
    selfTradePrevention: "NONE",
    price: isMarket ? 0 : 100,
    quantity: ask.quoteQuantity === undefined ? 1 : 0,
    quoteQuantity: 0,
    stopPrice: 0,
    trailingDelta: 0,
    icebergQuantity: 0,
    goodTillDate: 0,
    ...ask,
  };
}

function plainMarket(): Market {
  return {
    id: MARKET,
    base: BASE,
    quote: QUOTE,
    basePerLot: 1,
    quotePerTickLot: 1,
    priceScale: 2,
    tickUnits: 1,
    minPrice: 1,
    maxPrice: 1_000_000,
    minQuantity: 1,
    maxQuantity: 1_000_000,
    minNotional: 0,
    maxNotional: Number.MAX_SAFE_INTEGER,
    marketMinQuantity: 1,
    marketMaxQuantity: 1_000_000,
    bidMultiplierUp: 0,
    bidMultiplierDown: 0,
    askMultiplierUp: 0,
    askMultiplierDown: 0,
    maxIcebergParts: 0,
    maxOrders: 0,
    maxAlgoOrders: 0,
    maxIcebergOrders: 0,
    maxOrderLists: 0,
    maxPosition: 0,
    minTrailingAboveDelta: 1,
    maxTrailingAboveDelta: 9_999,
    minTrailingBelowDelta: 1,
    maxTrailingBelowDelta: 9_999,
    makerFeePpm: 0,
    takerFeePpm: 0,
    defaultSelfTradePrevention: "NONE",
    allowedSelfTradePrevention: SELF_TRADE_PREVENTIONS,
    partitionPolicy: "match-locally",
  };
}
