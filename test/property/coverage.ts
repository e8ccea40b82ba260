import type { CommandEnvelope } from "#shared/domain/command.ts";
import type { EngineState, MarketState } from "#shared/domain/engine-state.ts";
import type { AuctionUncrossed, Event, OrderAccepted, OrderListAccepted } from "#shared/domain/event.ts";
import { type OpenOrder, triggersUpward } from "#shared/domain/order.ts";
import { BranchCoverage } from "./coverage-branches.ts";
import { WANTED } from "./coverage-goals.ts";

/** Keeps what streams have met: single facts, and the combinations that are easy to get wrong. */
export class Coverage {
  readonly #met = new Map<string, number>();
  #terms = new Map<number, OrderAccepted>();
  #lists = new Map<number, OrderListAccepted>();
  #names = new Set<string>();
  readonly #branches = new BranchCoverage((what, condition) => this.#meet(what, condition));

  /** A new shard: its ids are its own. */
  begin(): void {
    this.#terms = new Map();
    this.#lists = new Map();
    this.#names = new Set();
    this.#branches.begin();
  }

  /** One command: the state before, the events, the state after. */
  note(
    envelope: CommandEnvelope | null,
    before: EngineState,
    events: readonly Event[],
    after: EngineState,
  ): void {
    for (const event of events) this.#noteEvent(event);
    if (envelope !== null) this.#noteCommand(envelope, events);
    if (envelope !== null) this.#branches.note(envelope, before, events, after);
    for (const [at, event] of events.entries()) this.#notePair(event, events[at + 1], events.slice(at + 1));
    this.#noteChain(events);
    this.#noteStates(before, events, after);
  }

  /** What was never met. */
  missing(): string[] {
    return WANTED.filter((each) => !this.#met.has(each));
  }

  /** What was met least, for those who tend the streams. */
  rarest(count: number): string[] {
    const entries = WANTED.map((each) => [each, this.#met.get(each) ?? 0] as const);
    const sorted = entries.sort((a, b) => a[1] - b[1]).slice(0, count);
    return sorted.map(([what, times]) => `${what}: ${times}`);
  }

  #meet(what: string, condition = true): void {
    if (condition) this.#met.set(what, (this.#met.get(what) ?? 0) + 1);
  }

  #noteEvent(event: Event): void {
    this.#meet(`event ${event.kind}`);
    if (event.kind === "CommandRejected") this.#meet(`rejected ${event.reason}`);
    if (event.kind === "OrderExpired") this.#meet(`expired ${event.reason}`);
    if (event.kind === "MarketStateChanged") this.#meet(`state ${event.state}`);
    if (event.kind === "TradePrevented") this.#meet(`prevented ${event.mode}`);
    if (event.kind === "OrderListAccepted") {
      this.#lists.set(event.listId, event);
      this.#meet(`list ${event.contingency}`);
    }
    if (event.kind === "OrderAccepted") {
      this.#terms.set(event.orderId, event);
      this.#meet(`accepted ${event.type}`);
      this.#meet(`accepted ${event.stage}`);
      const name = `${event.account} ${event.clientOrderId}`;
      this.#meet("client order id used again after a day", this.#names.has(name));
      this.#names.add(name);
    }
    if (event.kind === "Trade") {
      const [taker, maker] = [this.#terms.get(event.takerOrderId), this.#terms.get(event.makerOrderId)];
      this.#meet(`taker ${taker?.type}`);
      this.#meet(`taker ${taker?.timeInForce}`);
      this.#meet(`maker ${maker?.type}`);
      this.#meet("self-trade with NONE", event.makerAccount === event.takerAccount);
      this.#meet("FOK filled", taker?.timeInForce === "FOK" && event.takerFilled);
    }
    if (event.kind === "OrderExpired") {
      const order = this.#terms.get(event.orderId);
      this.#meet(`quote-spent ${order?.side}`, event.reason === "quote-spent");
      if (event.reason === "insufficient-balance" && order?.type === "MARKET")
        this.#meet(`affordability ended a pending MARKET ${order.side}`);
      if (
        event.reason === "insufficient-balance" &&
        (order?.type === "STOP_LOSS" || order?.type === "TAKE_PROFIT")
      )
        this.#meet(`affordability ended a triggered ${order.side}`);
    }
  }

  #noteCommand({ command }: CommandEnvelope, events: readonly Event[]): void {
    this.#meet(`command ${command.kind}`);
    const kinds = new Set(events.map(({ kind }) => kind));
    const refused = events.flatMap((event) => (event.kind === "CommandRejected" ? [event.command] : []));
    if (command.kind === "ReplaceOrder") {
      const [notCanceled, notPlaced] = [refused.includes("CancelOrder"), refused.includes("PlaceOrder")];
      this.#meet("replaced", refused.length === 0);
      this.#meet("replace: canceled, not placed", !notCanceled && notPlaced);
      this.#meet("replace: neither", notCanceled && notPlaced);
      this.#meet("replace: not canceled, placed", notCanceled && kinds.has("OrderAccepted"));
      this.#meet("replace: not canceled, nothing placed", notCanceled && command.mode === "STOP_ON_FAILURE");
    }
    const isCanceled = kinds.has("OrderCanceled");
    this.#meet("canceled by name", command.kind === "CancelOrder" && command.orderId === 0 && isCanceled);
    this.#meet("all canceled, with a list", command.kind === "CancelAllOrders" && kinds.has("OrderListDone"));
  }

  /** An event and the one after it, or those after it. */
  #notePair(event: Event, next: Event | undefined, later: readonly Event[]): void {
    const nextId = next !== undefined && "orderId" in next ? next.orderId : 0;
    if (event.kind === "OrderExpired" && event.reason === "order-list") {
      const contingency = this.#contingency(event.orderId);
      const partner = this.#partner(event.orderId);
      if (next?.kind === "Trade" && partner === next.makerOrderId)
        this.#meet(`${contingency} pair ended by trade`);
      if (next?.kind === "TradePrevented" && partner === next.makerOrderId)
        this.#meet(`${contingency} pair ended by self-trade`);
    }
    const isNextOfList = next?.kind === "OrderExpired" && next.reason === "order-list";
    if (event.kind === "OrderTriggered") {
      const { side, trailingDelta = 0, stopPrice = 0, timeInForce } = this.#terms.get(event.orderId) ?? {};
      const how = stopPrice > 0 ? "after its start by stopPrice" : "without stopPrice";
      this.#meet(`trailing ${side} triggered ${how}`, trailingDelta > 0);
      const isUnfilledFok =
        timeInForce === "FOK" && next?.kind === "OrderExpired" && nextId === event.orderId;
      this.#meet("triggered FOK expired", isUnfilledFok);
      if (isNextOfList && this.#partner(event.orderId) === nextId)
        this.#meet(`${this.#contingency(event.orderId)} pair ended by trigger`);
    }
    if (event.kind === "OrderExpired" && event.reason === "good-till-date") {
      const contingency = this.#contingency(event.orderId);
      if (isNextOfList && this.#partner(event.orderId) === nextId)
        this.#meet(`${contingency} pair ended by good-till-date`);
    }
    if (event.kind === "OrderExpired" && isNextOfList && this.#workingOf(nextId) === event.orderId)
      this.#meet(`${this.#contingency(nextId)} failed`);
    if (event.kind === "OrderCanceled" && next?.kind === "OrderCanceled") {
      if (this.#partner(event.orderId) === nextId)
        this.#meet(`${this.#contingency(nextId)} pair ended by cancel`);
      if (this.#workingOf(nextId) === event.orderId) this.#meet(`${this.#contingency(nextId)} canceled`);
    }
    if (event.kind === "OrderActivated") this.#noteActivation(event.orderId, later);
    if (event.kind === "TradePrevented" && event.mode === "DECREMENT") {
      const ended = later.flatMap((each) =>
        each.kind === "OrderExpired" && each.reason === "self-trade" ? [each.orderId] : [],
      );
      const [taker, maker] = [ended.includes(event.takerOrderId), ended.includes(event.makerOrderId)];
      this.#meet("DECREMENT ended both", taker && maker);
      this.#meet("DECREMENT ended the taker", taker && !maker);
      this.#meet("DECREMENT ended the maker", !taker && maker);
      const byQuote = (this.#terms.get(event.takerOrderId)?.quoteQuantity ?? 0) > 0;
      this.#meet("DECREMENT of a taker by quoteQuantity", byQuote);
      const { icebergQuantity = 0 } = this.#terms.get(event.makerOrderId) ?? {};
      this.#meet("DECREMENT of an iceberg's part", icebergQuantity > 0 && !maker);
    }
  }

  #noteActivation(orderId: number, later: readonly Event[]): void {
    const contingency = this.#contingency(orderId);
    this.#meet(`${contingency} activated`);
    const own = later.find((each) => "orderId" in each && each.orderId === orderId);
    const firstTrade = later.findIndex(({ kind }) => kind === "Trade");
    const isAtOnce = own !== undefined && (firstTrade === -1 || later.indexOf(own) < firstTrade);
    this.#meet(`${contingency} activated and triggered at once`, isAtOnce && own?.kind === "OrderTriggered");
    if (!isAtOnce || own?.kind !== "OrderExpired") return;
    this.#meet(`${contingency} activation would take`, own.reason === "would-take");
    this.#meet(`${contingency} activation without funds`, own.reason === "insufficient-balance");
  }

  /** How far triggers set off triggers in one command: for plain stops, whose trigger price is known. */
  #noteChain(events: readonly Event[]): void {
    const depths = new Map<number, number>();
    const trades: { price: number; depth: number; market: string }[] = [];
    const perTrade = new Map<number, number>();
    const ended = new Set<number>();
    const accepted = new Set<number>();
    for (const event of events) {
      if (event.kind === "OrderAccepted") accepted.add(event.orderId);
      if (event.kind === "OrderExpired" || event.kind === "OrderCanceled") ended.add(event.orderId);
      if (event.kind === "Trade")
        trades.push({ price: event.price, depth: depths.get(event.takerOrderId) ?? 0, market: event.market });
      if (event.kind !== "OrderTriggered") continue;
      const order = this.#terms.get(event.orderId);
      if (order === undefined || order.trailingDelta > 0) continue;
      const cause = trades.findIndex(
        ({ price, market }) =>
          market === order.market &&
          (triggersUpward(order.type, order.side) ? price >= order.stopPrice : price <= order.stopPrice),
      );
      const depth = 1 + (trades[cause]?.depth ?? 0);
      depths.set(event.orderId, depth);
      this.#meet("trigger chain of 3", depth >= 3);
      perTrade.set(cause, (perTrade.get(cause) ?? 0) + 1);
      this.#meet("two triggered by one trade", (perTrade.get(cause) ?? 0) >= 2);
    }
    // An order of a list that a trade price reached and that ended by its partner, without a turn of its own.
    for (const orderId of ended) {
      const order = this.#terms.get(orderId);
      if (order === undefined || order.stopPrice === 0 || order.trailingDelta > 0 || accepted.has(orderId))
        continue;
      const isReached = trades.some(
        ({ price, market }) => market === order.market && price === order.stopPrice,
      );
      const hadTurn = events.some((each) => each.kind === "OrderTriggered" && each.orderId === orderId);
      this.#meet("triggered order passed over", isReached && !hadTurn && order.listId !== 0);
    }
  }

  #noteStates(before: EngineState, events: readonly Event[], after: EngineState): void {
    const auction = events.find((event): event is AuctionUncrossed => event.kind === "AuctionUncrossed");
    const triggered = new Set(
      events.flatMap((e) => (e.kind === "OrderTriggered" ? [e.orderId as number] : [])),
    );
    for (const now of after.markets) {
      const old = before.markets.find(({ market }) => market.id === now.market.id);
      if (old === undefined) continue;
      if (auction?.market === now.market.id) this.#noteAuction(auction, old, events);
      this.#noteOrders(old, now, triggered, auction !== undefined);
    }
    for (const event of events) {
      if (event.kind === "OrderAmended") {
        const [old, now] = [findOrder(before, event.orderId), findOrder(after, event.orderId)];
        this.#meet("amended in the book", (now?.visible ?? 0) > 0);
        this.#meet("amended while waiting", now?.visible === 0);
        const isIceberg = (old?.icebergQuantity ?? 0) > 0;
        this.#meet("amended below what is visible", isIceberg && (now?.visible ?? 0) < (old?.visible ?? 0));
      }
      if (event.kind === "OrderExpired" && event.reason === "good-till-date") {
        const old = findOrder(before, event.orderId);
        this.#meet("good-till-date in the book", (old?.visible ?? 0) > 0);
        const isPending = old?.priority === 0;
        this.#meet(`${this.#contingency(event.orderId)} pending order ended by good-till-date`, isPending);
      }
    }
  }

  #noteOrders(old: MarketState, now: MarketState, triggered: ReadonlySet<number>, isAuction: boolean): void {
    for (const order of [...now.bids, ...now.asks]) {
      this.#meet("triggered order rested", triggered.has(order.orderId));
      const was = [...old.bids, ...old.asks].find(({ orderId }) => orderId === order.orderId);
      const isNextPart = was !== undefined && was.priority !== order.priority;
      this.#meet("iceberg showed its next part", isNextPart);
      this.#meet("iceberg showed its next part in an auction", isNextPart && isAuction);
    }
    for (const order of now.waiting) {
      const was = old.waiting.find(({ orderId }) => orderId === order.orderId);
      this.#meet("tracking started", was?.extreme === 0 && order.extreme > 0);
      this.#meet("an extreme moved", was !== undefined && was.extreme > 0 && was.extreme !== order.extreme);
      const wasPending = old.pending.some(({ orderId }) => orderId === order.orderId);
      const tracksAtOnce = wasPending && order.stopPrice > 0 && order.extreme > 0;
      this.#meet(`${this.#contingency(order.orderId)} activated and tracking at once`, tracksAtOnce);
    }
  }

  #noteAuction({ price, quantity }: AuctionUncrossed, old: MarketState, events: readonly Event[]): void {
    const { bids, asks, lastPrice } = old;
    const [highest, lowest] = [bids[0]?.price ?? 0, asks[0]?.price ?? 0];
    const left = (order: OpenOrder) => order.quantity - order.executed - order.prevented;
    const sum = (orders: readonly OpenOrder[]) => orders.reduce((total, each) => total + left(each), 0);
    const at = (p: number) => {
      const buys = sum(bids.filter((order) => order.price >= p));
      const sells = sum(asks.filter((order) => order.price <= p));
      return { p, volume: Math.min(buys, sells), imbalance: Math.abs(buys - sells) };
    };
    const prices = Array.from({ length: Math.min(highest - lowest + 1, 100) }, (_, step) =>
      at(lowest + step),
    );
    const chosen = at(price);
    const most = prices.filter(({ volume }) => volume === quantity);
    const evenest = most.filter(({ imbalance }) => imbalance === chosen.imbalance);
    const reference = lastPrice || Math.floor((highest + lowest) / 2);
    // (Never by the lower of two prices at one distance: B falls and S rises with the price, so the reference between them is as good, and nearer.)
    const nearest = evenest.filter(({ p }) => Math.abs(p - reference) === Math.abs(price - reference));
    this.#meet("auction with imbalance", chosen.imbalance > 0);
    this.#meet("auction without imbalance", chosen.imbalance === 0);
    this.#meet("auction decided by imbalance", evenest.length < most.length);
    this.#meet("auction decided by distance", nearest.length < evenest.length);
    this.#meet("auction with a last price", lastPrice > 0);
    this.#meet("auction without a last price", lastPrice === 0);
    const trades = events.filter((event) => event.kind === "Trade");
    this.#meet("auction with several trades", trades.length > 1);
    for (const trade of trades.slice(0, 1)) this.#meet(`auction took by ${trade.takerSide}`);
    this.#meet(
      "auction triggered an order",
      events.some(({ kind }) => kind === "OrderTriggered"),
    );
    this.#meet(
      "auction activated a list",
      events.some(({ kind }) => kind === "OrderActivated"),
    );
    const firstTurn = events.findIndex(({ kind }) => kind === "OrderTriggered" || kind === "OrderActivated");
    const auctionEvents = firstTurn === -1 ? events : events.slice(0, firstTurn);
    this.#meet(
      "auction ended an OCO pair",
      auctionEvents.some((event) => event.kind === "OrderExpired" && event.reason === "order-list"),
    );
  }

  #listOf(orderId: number): OrderListAccepted | undefined {
    const listId = this.#terms.get(orderId)?.listId ?? 0;
    return listId === 0 ? undefined : this.#lists.get(listId);
  }

  #contingency(orderId: number): string {
    return this.#listOf(orderId)?.contingency ?? "no list";
  }

  #partner(orderId: number): number {
    const list = this.#listOf(orderId);
    if (list === undefined) return -1;
    const pair: readonly number[] = { OCO: list.orders, OTO: [], OTOCO: list.orders.slice(1) }[
      list.contingency
    ];
    return pair.includes(orderId) ? (pair.find((id) => id !== orderId) ?? -1) : -1;
  }

  /** The order for which this one is pending; −1 for none. */
  #workingOf(orderId: number): number {
    const list = this.#listOf(orderId);
    if (list === undefined || list.contingency === "OCO" || list.orders[0] === orderId) return -1;
    return list.orders[0] ?? -1;
  }
}

function findOrder(state: EngineState, id: number): OpenOrder | undefined {
  return state.markets
    .flatMap(({ bids, asks, waiting, pending }) => [...bids, ...asks, ...waiting, ...pending])
    .find(({ orderId }) => orderId === id);
}
