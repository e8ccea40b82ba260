import type { Event } from "#shared/domain/event.ts";
import type { AccountId, AssetId } from "#shared/domain/ids.ts";
import { formatAmount } from "#shared/domain/market-units.ts";
import type { ExecutionReport, ListStatusMessage } from "#shared/protocol/socket.ts";
import type { OutboxQueue } from "../intake/outbox-queue.ts";
import { queuedOrders } from "../intake/queued-rows.ts";
import { accountsOf, userMessages } from "../sockets/user-messages.ts";
import { WireMessages } from "../sockets/wire-messages.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { FollowingView, ViewUpdate } from "../views/region-view.ts";

/** One who follows a user's data. */
export interface UserFollower {
  readonly account: AccountId;
  /** An event of Binance's user data stream. */
  tell(event: object): void;
  /** What it was told stands no more: it has to begin anew. */
  restart(): void;
}

export interface UserStreamsDependencies {
  readonly view: ExchangeView;
  readonly queue: OutboxQueue;
}

/** Tells who follows a user's data what the fold does to their orders and balances, as Binance's user data stream does (user-data-stream.md). */
export class UserStreams {
  readonly #dependencies: UserStreamsDependencies;
  readonly #followers = new Map<AccountId, Set<UserFollower>>();
  readonly #wires: ReadonlyMap<string, WireMessages>;
  readonly #subscriptions: readonly { cancel(): void }[];

  constructor(dependencies: UserStreamsDependencies) {
    this.#dependencies = dependencies;
    const { view, queue } = dependencies;
    this.#wires = new Map(view.shards.map((shard) => [shard.shard, new WireMessages(shard)]));
    this.#subscriptions = [
      ...view.shards.flatMap((shard) => [
        shard.onUpdate((update) => this.#take(shard, update)),
        // An account may have funds and orders in any shard.
        shard.onRewind(() => this.#restartAll()),
      ]),
      queue.onChange(({ kind, entry }) => {
        const wire = this.#wires.get(entry.shard);
        // That it waits has no word here; what reached its shard is told by the fold.
        if (wire === undefined || (kind !== "canceled" && kind !== "expired")) return;
        const executionType = kind === "canceled" ? "CANCELED" : "EXPIRED";
        for (const order of queuedOrders(entry)) {
          const report = wire.executionReport({ index: 0, executionType, order }, "NONE", wire.placeOfNone());
          this.#tell(entry.account, executionReportEvent(report));
        }
      }),
    ];
  }

  follow(follower: UserFollower): void {
    const followers = this.#followers.get(follower.account) ?? new Set();
    this.#followers.set(follower.account, followers.add(follower));
  }

  leave(follower: UserFollower): void {
    const followers = this.#followers.get(follower.account);
    followers?.delete(follower);
    if (followers?.size === 0) this.#followers.delete(follower.account);
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.cancel();
  }

  #take({ shard }: FollowingView, update: ViewUpdate): void {
    const wire = this.#wires.get(shard);
    if (this.#followers.size === 0 || wire === undefined) return;
    const { outcome } = update;
    for (const account of accountsOf(update)) {
      if (!this.#followers.has(account)) continue;
      for (const { event, message } of userMessages(update, account, null, wire)) {
        if (event === "executionReport") this.#tell(account, executionReportEvent(message));
        else if (event === "listStatus") this.#tell(account, listStatusEvent(message, outcome.time));
      }
      this.#tellFunds(account, outcome.events, outcome.time);
    }
  }

  /** What came or went, and what the account has of each asset that changed, in all shards together. */
  #tellFunds(account: AccountId, events: readonly Event[], time: number): void {
    const { view } = this.#dependencies;
    const changed = new Set<AssetId>();
    for (const event of events) {
      if (event.kind === "BalanceChanged" && event.account === account) changed.add(event.asset);
      if ((event.kind === "Deposited" || event.kind === "Withdrawn") && event.account === account) {
        const sign = event.kind === "Deposited" ? "" : "-";
        const d = `${sign}${this.#amount(event.asset, event.amount)}`;
        this.#tell(account, { e: "balanceUpdate", E: time, a: event.asset, d, T: time });
      }
    }
    if (changed.size === 0) return;
    const balances = new Map(view.balances(account).map((balance) => [balance.asset, balance]));
    const B = [...changed].map((asset) => {
      const { free, locked } = balances.get(asset) ?? { free: 0, locked: 0 };
      return { a: asset, f: this.#amount(asset, free), l: this.#amount(asset, locked) };
    });
    this.#tell(account, { e: "outboundAccountPosition", E: time, u: time, B });
  }

  #amount(id: AssetId, units: number): string {
    const asset = this.#dependencies.view.asset(id);
    return asset === undefined ? "0" : formatAmount(asset, units);
  }

  #tell(account: AccountId, event: object): void {
    for (const follower of this.#followers.get(account) ?? []) follower.tell(event);
  }

  #restartAll(): void {
    for (const followers of [...this.#followers.values()])
      for (const follower of [...followers]) follower.restart();
  }
}

/** Of a cancel and a replacement the order's own id is the original one (`C`), as clients expect who look for it there first. */
function executionReportEvent(report: ExecutionReport) {
  const isOriginal = report.executionType === "CANCELED" || report.executionType === "REPLACED";
  return {
    e: "executionReport",
    E: report.transactionTime,
    s: report.symbol,
    c: report.clientOrderId,
    S: report.side,
    o: report.orderType,
    f: report.timeInForce,
    q: report.quantity,
    p: report.price,
    P: report.stopPrice,
    ...(report.trailingDelta === 0 ? {} : { d: report.trailingDelta }),
    F: report.icebergQty,
    g: report.orderListId,
    C: isOriginal ? report.clientOrderId : "",
    x: report.executionType,
    X: report.orderStatus,
    r: report.rejectReason,
    i: report.orderId,
    l: report.lastExecutedQuantity,
    z: report.cumulativeFilledQuantity,
    L: report.lastExecutedPrice,
    n: report.commissionAmount,
    N: report.commissionAsset,
    T: report.transactionTime,
    t: report.tradeId,
    ...(report.preventedMatchId === -1
      ? {}
      : { v: report.preventedMatchId, A: report.preventedQuantity, B: report.lastPreventedQuantity }),
    I: 1000 * report.seq + report.index,
    w: report.isOnBook,
    m: report.isMaker,
    M: false,
    O: report.orderCreationTime,
    Z: report.cumulativeQuoteQuantity,
    Y: report.lastQuoteQuantity,
    Q: report.quoteOrderQty,
    ...(report.workingTime === -1 ? {} : { W: report.workingTime }),
    V: report.selfTradePreventionMode,
  };
}

function listStatusEvent(list: ListStatusMessage, time: number) {
  return {
    e: "listStatus",
    E: time,
    s: list.symbol,
    g: list.orderListId,
    c: list.contingencyType,
    l: list.listStatusType,
    L: list.listOrderStatus,
    r: "NONE",
    C: list.listClientOrderId,
    T: list.transactionTime,
    O: list.orders.map(({ symbol, orderId, clientOrderId }) => ({ s: symbol, i: orderId, c: clientOrderId })),
  };
}
