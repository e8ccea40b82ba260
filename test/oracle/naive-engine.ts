import type {
  AmendOrder,
  CancelOrder,
  Command,
  CommandEnvelope,
  PlaceOrder,
} from "#shared/domain/command.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { encodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type {
  AssetState,
  BalanceState,
  EngineState,
  RememberedClientOrderId,
  RememberedCommand,
} from "#shared/domain/engine-state.ts";
import type { Event, ExpiryReason, RejectReason } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  MarketId,
  OrderId,
  Seq,
  ShardId,
  TradeId,
} from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { RestingOrder, Side } from "#shared/domain/order.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MAX = Number.MAX_SAFE_INTEGER;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Order = Mutable<RestingOrder>;
interface NaiveMarket {
  market: Market;
  lastTradeId: number;
  lastUpdateId: number;
  lastPrice: number;
  /** Resting orders in the order of their arrival; sorting by price is left to whoever looks. */
  orders: Order[];
}

/** A refusal travels as an exception: everything before it must have changed nothing. */
class Refusal {
  readonly reason: RejectReason;
  constructor(reason: RejectReason) {
    this.reason = reason;
  }
}

/**
 * The rules of docs/engine-rules.md, written down as plainly as possible and with no thought of speed: lists that are searched and sorted
 * each time, BigInt for money, and changes found by comparing the state before with the state after.
 */
export function createNaiveEngine(
  shard: ShardId,
  branch: BranchId,
  options: NaiveEngineOptions = {},
): Engine {
  return new NaiveEngine(shard, branch, options);
}

export interface NaiveEngineOptions {
  /** `false`: no `BalanceChanged` and `LevelChanged`, so that two comparisons of the whole state a command fall away: for long tapes. */
  readonly changes?: boolean;
}

class NaiveEngine implements Engine {
  readonly #shard: ShardId;
  readonly #branch: BranchId;
  readonly #changes: boolean;
  seq = 0 as Seq;
  time = 0;
  readonly #assets: Mutable<AssetState>[] = [];
  readonly #markets: NaiveMarket[] = [];
  readonly #balances: Mutable<BalanceState>[] = [];
  #commands: RememberedCommand[] = [];
  readonly #deposits: RememberedCommand[] = [];
  #clientOrderIds: RememberedClientOrderId[] = [];

  constructor(shard: ShardId, branch: BranchId, { changes = true }: NaiveEngineOptions) {
    this.#shard = shard;
    this.#branch = branch;
    this.#changes = changes;
  }

  apply(envelope: CommandEnvelope | null): readonly Event[] {
    this.seq = (this.seq + 1) as Seq;
    if (envelope === null) return [{ kind: "Undecodable" }];
    const { command, commandId, validUntil } = envelope;
    if (envelope.branch !== this.#branch) return [{ kind: "Misdirected", intended: envelope.branch }];
    if (command.kind === "Tick") {
      if (command.time > this.time) this.time = command.time;
      this.#commands = this.#commands.filter(({ time }) => time > this.time - DAY_MS);
      this.#clientOrderIds = this.#clientOrderIds.filter(({ time }) => time > this.time - DAY_MS);
      return [];
    }
    const known = [...this.#commands, ...this.#deposits].find((each) => each.commandId === commandId);
    if (known !== undefined) return [{ kind: "CommandRepeated", firstSeq: known.seq }];
    (command.kind === "Deposit" ? this.#deposits : this.#commands).push({
      commandId,
      seq: this.seq,
      time: this.time,
    });

    const events: Event[] = [];
    const before = this.#changes ? this.state() : undefined;
    try {
      if (validUntil !== 0 && validUntil < this.time) throw new Refusal("expired-command");
      if (validUntil !== 0 && validUntil > this.time + HOUR_MS) throw new Refusal("validity-too-long");
      this.#do(command, events);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return [refusalEvent(command, refusal.reason)];
    }
    if (before !== undefined) this.#appendChanges(before, events);
    return events;
  }

  state(): EngineState {
    return {
      rulesVersion: 1,
      shard: this.#shard,
      branch: this.#branch,
      seq: this.seq,
      time: this.time,
      assets: this.#assets.map((each) => ({ ...each })).sort(by(({ asset }) => asset.id)),
      markets: this.#markets
        .map(({ orders, ...rest }) => ({
          ...rest,
          bids: sortedSide(orders, "BUY"),
          asks: sortedSide(orders, "SELL"),
        }))
        .sort(by(({ market }) => market.id)),
      balances: this.#balances
        .filter(({ free, locked }) => free !== 0 || locked !== 0)
        .map((each) => ({ ...each }))
        .sort((a, b) => a.account - b.account || (a.asset < b.asset ? -1 : 1)),
      commands: [...this.#commands],
      deposits: [...this.#deposits],
      clientOrderIds: [...this.#clientOrderIds],
    };
  }

  snapshot(): Uint8Array {
    return encodeState(this.state());
  }

  digest(): string {
    return digestOf(this.snapshot());
  }

  #do(command: Exclude<Command, { kind: "Tick" }>, events: Event[]): void {
    switch (command.kind) {
      case "DefineAsset": {
        const { asset } = command;
        if (!isCount(asset.scale) || asset.scale > 15) throw new Refusal("malformed-definition");
        const known = this.#assets.find((each) => each.asset.id === asset.id);
        if (known !== undefined && known.asset.scale !== asset.scale)
          throw new Refusal("immutable-definition");
        if (known === undefined) this.#assets.push({ asset, supply: 0 });
        events.push({ kind: "AssetDefined", asset });
        break;
      }
      case "DefineMarket":
        this.#defineMarket(command.market);
        events.push({ kind: "MarketDefined", market: command.market });
        break;
      case "Deposit": {
        const { account, asset, amount } = command;
        const entry = this.#asset(asset);
        if (!isPositive(account) || !isPositive(amount)) throw new Refusal("malformed-amount");
        if (BigInt(entry.supply) + BigInt(amount) > BigInt(MAX)) throw new Refusal("supply-exceeded");
        entry.supply += amount;
        this.#move(account, asset, amount, 0);
        events.push({ kind: "Deposited", account, asset, amount });
        break;
      }
      case "Withdraw": {
        const { account, asset, amount } = command;
        const entry = this.#asset(asset);
        if (!isPositive(account) || !isPositive(amount)) throw new Refusal("malformed-amount");
        if (this.#free(account, asset) < BigInt(amount)) throw new Refusal("insufficient-balance");
        entry.supply -= amount;
        this.#move(account, asset, -amount, 0);
        events.push({ kind: "Withdrawn", account, asset, amount });
        break;
      }
      case "PlaceOrder": {
        const book = this.#market(command.market);
        this.#check(book, command);
        this.#place(book, command, events);
        break;
      }
      case "CancelOrder": {
        const book = this.#market(command.market);
        this.#cancel(book, this.#find(book, command), events);
        break;
      }
      case "CancelAllOrders": {
        const book = this.#market(command.market);
        const mine = book.orders.filter(({ account }) => account === command.account);
        if (mine.length === 0) throw new Refusal("unknown-order");
        for (const order of mine.sort((a, b) => a.orderId - b.orderId)) this.#cancel(book, order, events);
        break;
      }
      case "AmendOrder": {
        const book = this.#market(command.market);
        const order = this.#find(book, command);
        const { quantity } = command;
        if (quantity <= order.executed || quantity >= order.quantity) throw new Refusal("amend-not-lower");
        if (quantity < book.market.minQuantity) throw new Refusal("lot-size");
        if (notional(book.market, order.price, quantity) < BigInt(book.market.minNotional))
          throw new Refusal("notional");
        this.#lock(book, order, order.quantity - quantity, -1);
        order.quantity = quantity;
        const { orderId, account, market } = order;
        events.push({ kind: "OrderAmended", orderId, account, market, quantity });
      }
    }
  }

  #defineMarket(market: Market): void {
    const hasAsset = (id: AssetId) => this.#assets.some(({ asset }) => asset.id === id);
    if (!hasAsset(market.base) || !hasAsset(market.quote)) throw new Refusal("unknown-asset");
    const { basePerLot, quotePerTickLot, priceScale, tickUnits, minPrice, maxPrice } = market;
    const { minQuantity, maxQuantity, minNotional, maxNotional, makerFeePpm, takerFeePpm } = market;
    const numbers = [
      basePerLot,
      quotePerTickLot,
      priceScale,
      tickUnits,
      minPrice,
      maxPrice,
      minQuantity,
      maxQuantity,
    ];
    const isGood =
      [...numbers, minNotional, maxNotional, makerFeePpm, takerFeePpm].every(isCount) &&
      [basePerLot, quotePerTickLot, tickUnits, minPrice, minQuantity].every(isPositive) &&
      minPrice <= maxPrice &&
      minQuantity <= maxQuantity &&
      minNotional <= maxNotional &&
      makerFeePpm <= 1_000_000 &&
      takerFeePpm <= 1_000_000 &&
      market.base !== market.quote &&
      BigInt(maxQuantity) * BigInt(basePerLot) <= BigInt(MAX) &&
      market.allowedSelfTradePrevention.includes(market.defaultSelfTradePrevention);
    if (!isGood) throw new Refusal("malformed-definition");
    const known = this.#markets.find((each) => each.market.id === market.id);
    if (known === undefined) {
      this.#markets.push({ market, lastTradeId: 0, lastUpdateId: 0, lastPrice: 0, orders: [] });
      return;
    }
    const old = known.market;
    const isSame =
      old.base === market.base &&
      old.quote === market.quote &&
      old.basePerLot === basePerLot &&
      old.quotePerTickLot === quotePerTickLot &&
      old.priceScale === priceScale &&
      old.tickUnits === tickUnits;
    if (!isSame) throw new Refusal("immutable-definition");
    known.market = market;
  }

  #check(book: NaiveMarket, order: PlaceOrder): void {
    const { market } = book;
    const { type, timeInForce, price, quantity, quoteQuantity } = order;
    const isMarket = type === "MARKET";
    const isWellFormed =
      isPositive(order.orderId) &&
      isPositive(order.account) &&
      /^[.A-Z:/a-z0-9_-]{1,36}$/.test(order.clientOrderId) &&
      [price, quantity, quoteQuantity].every(isCount) &&
      (isMarket
        ? timeInForce === "IOC" &&
          price === 0 &&
          [quantity, quoteQuantity].filter((each) => each > 0).length === 1
        : price > 0 && quantity > 0 && quoteQuantity === 0 && (type === "LIMIT" || timeInForce === "GTC"));
    if (!isWellFormed) throw new Refusal("malformed-order");
    if (!market.allowedSelfTradePrevention.includes(order.selfTradePrevention)) {
      throw new Refusal("self-trade-prevention-not-allowed");
    }
    if (!isMarket && (price < market.minPrice || price > market.maxPrice)) throw new Refusal("price-filter");
    if (quantity > 0 && (quantity < market.minQuantity || quantity > market.maxQuantity))
      throw new Refusal("lot-size");
    let amount: bigint | undefined = notional(market, price, quantity);
    if (isMarket && quoteQuantity > 0) amount = BigInt(quoteQuantity);
    else if (isMarket) amount = book.lastPrice === 0 ? undefined : notional(market, book.lastPrice, quantity);
    if (
      amount !== undefined &&
      (amount < BigInt(market.minNotional) || amount > BigInt(market.maxNotional))
    ) {
      throw new Refusal("notional");
    }
    const open = this.#markets.flatMap(({ orders }) => orders);
    if (open.some(({ orderId }) => orderId === order.orderId)) throw new Refusal("duplicate-order-id");
    const hasName = (each: { account: AccountId; clientOrderId: string }) =>
      each.account === order.account && each.clientOrderId === order.clientOrderId;
    if (open.some(hasName) || this.#clientOrderIds.some(hasName))
      throw new Refusal("duplicate-client-order-id");
    const best = opposite(book, order.side)[0];
    if (type === "LIMIT_MAKER" && best !== undefined && accepts(order, best.price))
      throw new Refusal("would-take");

    const wouldDo = this.#dryRun(book, order);
    let need = BigInt(0);
    if (order.side === "BUY") {
      if (!isMarket) need = notional(market, price, quantity);
      else need = quoteQuantity > 0 ? BigInt(quoteQuantity) : wouldDo.quote;
    } else {
      need = (quantity > 0 ? BigInt(quantity) : wouldDo.quantity) * BigInt(market.basePerLot);
    }
    if (need > this.#free(order.account, order.side === "BUY" ? market.quote : market.base)) {
      throw new Refusal("insufficient-balance");
    }
  }

  /** What matching would execute now. */
  #dryRun(book: NaiveMarket, order: PlaceOrder): { quantity: bigint; quote: bigint } {
    const { market } = book;
    let [quantity, quote] = [0n, 0n];
    for (const maker of opposite(book, order.side)) {
      if (!accepts(order, maker.price)) break;
      if (maker.account === order.account && order.selfTradePrevention !== "NONE") {
        if (order.selfTradePrevention === "EXPIRE_MAKER") continue;
        break;
      }
      const unit = notional(market, maker.price, 1);
      const wanted =
        order.quantity > 0 ? BigInt(order.quantity) - quantity : (BigInt(order.quoteQuantity) - quote) / unit;
      const left = BigInt(maker.quantity - maker.executed);
      const fill = wanted < left ? wanted : left;
      if (fill === 0n) break;
      quantity += fill;
      quote += fill * unit;
    }
    return { quantity, quote };
  }

  #place(book: NaiveMarket, order: PlaceOrder, events: Event[]): void {
    const { market } = book;
    const { kind: _kind, ...terms } = order;
    events.push({ kind: "OrderAccepted", ...terms });
    this.#clientOrderIds.push({
      account: order.account,
      clientOrderId: order.clientOrderId,
      time: this.time,
    });
    if (order.timeInForce === "FOK" && this.#dryRun(book, order).quantity < BigInt(order.quantity)) {
      events.push(expiry(order, "unfilled"));
      return;
    }
    let [executed, executedQuote] = [0, 0];
    let ended: "self-trade" | "not-affordable" | undefined;
    while (ended === undefined) {
      if (order.quantity > 0 && executed === order.quantity) return;
      const maker = opposite(book, order.side)[0];
      if (maker === undefined || !accepts(order, maker.price)) break;
      if (maker.account === order.account && order.selfTradePrevention !== "NONE") {
        if (order.selfTradePrevention !== "EXPIRE_TAKER") {
          this.#close(book, maker);
          events.push(expiry(maker, "self-trade"));
        }
        if (order.selfTradePrevention !== "EXPIRE_MAKER") ended = "self-trade";
        continue;
      }
      const unit = Number(notional(market, maker.price, 1));
      const wanted =
        order.quantity > 0
          ? order.quantity - executed
          : Number(BigInt(order.quoteQuantity - executedQuote) / BigInt(unit));
      const quantity = Math.min(wanted, maker.quantity - maker.executed);
      if (quantity === 0) {
        ended = "not-affordable";
        continue;
      }
      const quote = Number(notional(market, maker.price, quantity));
      executed += quantity;
      executedQuote += quote;
      this.#trade(
        book,
        order,
        maker,
        quantity,
        quote,
        order.quantity > 0 && executed === order.quantity,
        events,
      );
    }
    if (ended === "self-trade") events.push(expiry(order, "self-trade"));
    else if (order.quoteQuantity > 0) {
      const isSpent = executed > 0 && (ended === "not-affordable" || executedQuote === order.quoteQuantity);
      events.push(expiry(order, isSpent ? "quote-spent" : "unfilled"));
    } else if (order.timeInForce !== "GTC") events.push(expiry(order, "unfilled"));
    else {
      const { kind: _k, timeInForce: _t, quoteQuantity: _q, ...resting } = order;
      const rest: Order = { ...resting, executed, executedQuote, time: this.time };
      this.#lock(book, rest, rest.quantity - executed, 1);
      book.orders.push(rest);
    }
  }

  #trade(
    book: NaiveMarket,
    taker: PlaceOrder,
    maker: Order,
    quantity: number,
    quote: number,
    takerFilled: boolean,
    events: Event[],
  ): void {
    const { market } = book;
    const base = quantity * market.basePerLot;
    const [buyer, seller] = taker.side === "BUY" ? [taker, maker] : [maker, taker];
    const [buyerPpm, sellerPpm] =
      taker.side === "BUY"
        ? [market.takerFeePpm, market.makerFeePpm]
        : [market.makerFeePpm, market.takerFeePpm];
    const buyerFee = fee(base, buyerPpm);
    const sellerFee = fee(quote, sellerPpm);
    if (buyer === maker) this.#move(buyer.account, market.quote, 0, -quote);
    else this.#move(buyer.account, market.quote, -quote, 0);
    if (seller === maker) this.#move(seller.account, market.base, 0, -base);
    else this.#move(seller.account, market.base, -base, 0);
    this.#move(buyer.account, market.base, base - buyerFee, 0);
    this.#move(seller.account, market.quote, quote - sellerFee, 0);
    this.#move(0 as AccountId, market.base, buyerFee, 0);
    this.#move(0 as AccountId, market.quote, sellerFee, 0);
    maker.executed += quantity;
    maker.executedQuote += quote;
    const makerFilled = maker.executed === maker.quantity;
    if (makerFilled) book.orders = book.orders.filter((each) => each !== maker);
    book.lastTradeId++;
    book.lastPrice = maker.price;
    events.push({
      kind: "Trade",
      market: market.id,
      tradeId: book.lastTradeId as TradeId,
      price: maker.price,
      quantity,
      quote,
      takerSide: taker.side,
      makerOrderId: maker.orderId,
      takerOrderId: taker.orderId,
      makerAccount: maker.account,
      takerAccount: taker.account,
      makerFee: buyer === maker ? buyerFee : sellerFee,
      takerFee: buyer === maker ? sellerFee : buyerFee,
      makerFilled,
      takerFilled,
    });
  }

  #find(book: NaiveMarket, { account, orderId, origClientOrderId }: CancelOrder | AmendOrder): Order {
    const order = book.orders.find(
      (each) =>
        each.account === account &&
        (orderId === 0 || each.orderId === orderId) &&
        (origClientOrderId === "" || each.clientOrderId === origClientOrderId) &&
        (orderId !== 0 || origClientOrderId !== ""),
    );
    if (order === undefined) throw new Refusal("unknown-order");
    return order;
  }

  #cancel(book: NaiveMarket, order: Order, events: Event[]): void {
    this.#close(book, order);
    const { orderId, account, market } = order;
    events.push({ kind: "OrderCanceled", orderId, account, market });
  }

  #close(book: NaiveMarket, order: Order): void {
    this.#lock(book, order, order.quantity - order.executed, -1);
    book.orders = book.orders.filter((each) => each !== order);
  }

  /** Locks (sign 1) or unlocks (sign -1) what so many lots of an order need. */
  #lock({ market }: NaiveMarket, order: Order, quantity: number, sign: 1 | -1): void {
    const isBuy = order.side === "BUY";
    const amount = isBuy ? Number(notional(market, order.price, quantity)) : quantity * market.basePerLot;
    this.#move(order.account, isBuy ? market.quote : market.base, -sign * amount, sign * amount);
  }

  #move(account: AccountId, asset: AssetId, free: number, locked: number): void {
    let balance = this.#balances.find((each) => each.account === account && each.asset === asset);
    if (balance === undefined) {
      balance = { account, asset, free: 0, locked: 0 };
      this.#balances.push(balance);
    }
    balance.free += free;
    balance.locked += locked;
    if (balance.free < 0 || balance.locked < 0)
      throw new Error(`a negative balance of ${account} in ${asset}`);
  }

  #free(account: AccountId, asset: AssetId): bigint {
    return BigInt(this.#balances.find((each) => each.account === account && each.asset === asset)?.free ?? 0);
  }

  #asset(id: AssetId): Mutable<AssetState> {
    const entry = this.#assets.find(({ asset }) => asset.id === id);
    if (entry === undefined) throw new Refusal("unknown-asset");
    return entry;
  }

  #market(id: MarketId): NaiveMarket {
    const book = this.#markets.find(({ market }) => market.id === id);
    if (book === undefined) throw new Refusal("unknown-market");
    return book;
  }

  /** Balances and levels that differ from before, in canonical order. */
  #appendChanges(before: EngineState, events: Event[]): void {
    const after = this.state();
    const balanceKey = ({ account, asset }: BalanceState) => `${String(account).padStart(20, "0")} ${asset}`;
    const [oldBalances, newBalances] = [before, after].map(
      ({ balances }) => new Map(balances.map((b) => [balanceKey(b), b])),
    );
    for (const key of [...new Set([...(oldBalances?.keys() ?? []), ...(newBalances?.keys() ?? [])])].sort()) {
      const [old, now] = [oldBalances?.get(key), newBalances?.get(key)];
      const one = now ?? old;
      if (one === undefined || (old?.free === now?.free && old?.locked === now?.locked)) continue;
      const { account, asset } = one;
      events.push({ kind: "BalanceChanged", account, asset, free: now?.free ?? 0, locked: now?.locked ?? 0 });
    }
    for (const book of [...this.#markets].sort(by(({ market }) => market.id))) {
      const old = before.markets.find(({ market }) => market.id === book.market.id);
      const now = after.markets.find(({ market }) => market.id === book.market.id);
      for (const side of ["BUY", "SELL"] as const) {
        const name = side === "BUY" ? "bids" : "asks";
        const [oldLevels, newLevels] = [levelsOf(old?.[name] ?? []), levelsOf(now?.[name] ?? [])];
        for (const price of [...new Set([...oldLevels.keys(), ...newLevels.keys()])].sort((a, b) => a - b)) {
          const quantity = newLevels.get(price) ?? 0;
          if (quantity === (oldLevels.get(price) ?? 0)) continue;
          book.lastUpdateId++;
          const { id: market } = book.market;
          events.push({ kind: "LevelChanged", market, side, price, quantity, updateId: book.lastUpdateId });
        }
      }
    }
  }
}

function levelsOf(orders: readonly RestingOrder[]): Map<number, number> {
  const levels = new Map<number, number>();
  for (const { price, quantity, executed } of orders)
    levels.set(price, (levels.get(price) ?? 0) + quantity - executed);
  return levels;
}

/** One side by price, then time; sorting is stable, so orders of one price stay in the order of their arrival. */
function sortedSide(orders: readonly Order[], side: Side): Order[] {
  const sign = side === "BUY" ? -1 : 1;
  return orders
    .filter((order) => order.side === side)
    .sort((a, b) => sign * (a.price - b.price))
    .map((order) => ({ ...order }));
}

/** The orders that a taker of this side meets, the best first: the book's own objects. */
function opposite({ orders }: { orders: Order[] }, side: Side): Order[] {
  const sign = side === "BUY" ? 1 : -1;
  return orders.filter((order) => order.side !== side).sort((a, b) => sign * (a.price - b.price));
}

function accepts(order: PlaceOrder, price: number): boolean {
  if (order.type === "MARKET") return true;
  return order.side === "BUY" ? price <= order.price : price >= order.price;
}

function notional(market: Market, price: number, quantity: number): bigint {
  return BigInt(price) * BigInt(quantity) * BigInt(market.quotePerTickLot);
}

function fee(received: number, ppm: number): number {
  return Number((BigInt(received) * BigInt(ppm)) / 1_000_000n);
}

function expiry(
  { orderId, account, market }: { orderId: OrderId; account: AccountId; market: MarketId },
  reason: ExpiryReason,
): Event {
  return { kind: "OrderExpired", orderId, account, market, reason };
}

function refusalEvent(command: Command, reason: RejectReason): Event {
  return {
    kind: "CommandRejected",
    reason,
    command: command.kind,
    account: "account" in command ? command.account : (0 as AccountId),
    market: "market" in command && command.kind !== "DefineMarket" ? command.market : "",
    orderId: "orderId" in command ? command.orderId : 0,
    clientOrderId: nameOf(command),
  };
}

function nameOf(command: Command): string {
  if (command.kind === "PlaceOrder") return command.clientOrderId;
  return command.kind === "CancelOrder" || command.kind === "AmendOrder" ? command.origClientOrderId : "";
}

function by<T>(key: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : 1);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPositive(value: number): boolean {
  return isCount(value) && value > 0;
}
