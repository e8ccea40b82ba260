import type { AccountId, CommandId, MarketId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { Outbox, OutboxEntry } from "#shared/ports/outbox.ts";
import type { OrderListRow, OrderRow } from "#shared/ports/projections.ts";
import type { OrderKey, OrderListKey, WaitingOrders } from "../views/region-view.ts";
import { queuedList, queuedOrders } from "./queued-rows.ts";

export interface OutboxLimits {
  /** Commands of one account, and of all, that may wait. */
  readonly perAccountMax: number;
  readonly totalMax: number;
  /** How many that never reached the log are remembered, for who asks what became of them. */
  readonly endedMax: number;
}

export const OUTBOX_LIMITS: OutboxLimits = { perAccountMax: 50, totalMax: 10_000, endedMax: 1000 };

/** One write of an outbox takes so many. */
const ADOPTED_AT_ONCE = 50;

/** `settled`: its outcome is known; the fold tells the rest. */
export interface OutboxChange {
  readonly kind: "queued" | "canceled" | "expired" | "settled";
  readonly entry: OutboxEntry;
}

/** What waits in a gateway's outbox, at hand, and durable before anybody is told of it. */
export class OutboxQueue implements WaitingOrders {
  readonly #store: Outbox;
  readonly #clock: Clock;
  readonly #limits: OutboxLimits;
  /** In the order in which they came, and in which they ended. */
  readonly #waiting = new Map<CommandId, OutboxEntry>();
  readonly #ended = new Map<CommandId, OutboxEntry>();
  readonly #listeners = new Set<(change: OutboxChange) => void>();
  #lastWrite: Promise<void> = Promise.resolve();

  /** With what an earlier run left. */
  static async open(store: Outbox, clock: Clock, limits = OUTBOX_LIMITS): Promise<OutboxQueue> {
    return new OutboxQueue(store, clock, limits, await store.entries());
  }

  private constructor(store: Outbox, clock: Clock, limits: OutboxLimits, entries: readonly OutboxEntry[]) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
    for (const entry of entries) {
      const isWaiting = entry.state === "queued" || entry.state === "sent";
      (isWaiting ? this.#waiting : this.#ended).set(entry.envelope.commandId, entry);
    }
  }

  /** What waits for a shard, oldest first. */
  pending(shard: ShardId): readonly OutboxEntry[] {
    if (this.#waiting.size === 0) return [];
    return [...this.#waiting.values()].filter((entry) => entry.shard === shard);
  }

  find(commandId: CommandId): OutboxEntry | undefined {
    return this.#waiting.get(commandId) ?? this.#ended.get(commandId);
  }

  /** False if the outbox is full, for this account or for all; nothing is kept then. Otherwise it is durable. */
  async add(entry: Omit<OutboxEntry, "queuedAt" | "changedAt">): Promise<boolean> {
    const { perAccountMax, totalMax } = this.#limits;
    const own = [...this.#waiting.values()].filter(({ account }) => account === entry.account);
    if (this.#waiting.size >= totalMax || own.length >= perAccountMax) return false;
    const now = this.#clock.now();
    const added = { ...entry, queuedAt: now, changedAt: now };
    this.#waiting.set(entry.envelope.commandId, added);
    await this.#write(() => this.#store.put([added]));
    this.#tell("queued", added);
    return true;
  }

  /** Takes over what another gateway left, with the times that it had there; durable when it resolves. What is here already stays as it is. */
  async adopt(entries: readonly OutboxEntry[]): Promise<void> {
    const others = entries.filter(({ envelope }) => this.find(envelope.commandId) === undefined);
    for (let at = 0; at < others.length; at += ADOPTED_AT_ONCE) {
      const some = others.slice(at, at + ADOPTED_AT_ONCE);
      await this.#write(() => this.#store.put(some));
      for (const entry of some) {
        const isWaiting = entry.state === "queued" || entry.state === "sent";
        (isWaiting ? this.#waiting : this.#ended).set(entry.envelope.commandId, entry);
        if (isWaiting) this.#tell("queued", entry);
      }
    }
  }

  /** They are about to be sent: from here on only their shard can tell what becomes of them. */
  async markSent(entries: readonly OutboxEntry[]): Promise<void> {
    const sent = entries.map((entry): OutboxEntry => ({ ...entry, state: "sent" }));
    for (const entry of sent) this.#waiting.set(entry.envelope.commandId, entry);
    if (sent.length > 0) await this.#write(() => this.#store.put(sent));
  }

  /** Its outcome is known. */
  async settle(commandId: CommandId): Promise<void> {
    const entry = this.#waiting.get(commandId);
    if (entry === undefined) return;
    this.#waiting.delete(commandId);
    await this.#write(() => this.#store.remove([commandId]));
    this.#tell("settled", entry);
  }

  /** One that was never sent ends here. */
  async end(entry: OutboxEntry, state: "canceled" | "expired"): Promise<void> {
    const ended: OutboxEntry = { ...entry, state, changedAt: this.#clock.now() };
    // What brings no order leaves nothing to ask for.
    const isRemembered = queuedOrders(ended).length > 0;
    this.#waiting.delete(entry.envelope.commandId);
    if (isRemembered) this.#ended.set(entry.envelope.commandId, ended);
    const forgotten = this.#forgetEnded();
    await this.#write(async () => {
      if (isRemembered) await this.#store.put([ended]);
      await this.#store.remove(isRemembered ? forgotten : [...forgotten, entry.envelope.commandId]);
    });
    this.#tell(state, ended);
  }

  onChange(listener: (change: OutboxChange) => void): Subscription {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  openOrders(account: AccountId, market?: MarketId): readonly OrderRow[] {
    return this.#ordersOf(account).filter(
      (order) => order.status === "QUEUED" && (market === undefined || order.market === market),
    );
  }

  order(account: AccountId, market: MarketId, key: OrderKey): OrderRow | undefined {
    const isIt = (order: OrderRow) =>
      "orderId" in key ? order.orderId === key.orderId : order.clientOrderId === key.clientOrderId;
    return this.#ordersOf(account).findLast((order) => order.market === market && isIt(order));
  }

  openOrderLists(account: AccountId): readonly OrderListRow[] {
    return this.#listsOf(account).filter(({ isDone }) => !isDone);
  }

  orderList(account: AccountId, key: OrderListKey): OrderListRow | undefined {
    return this.#listsOf(account).findLast((list) =>
      "listId" in key ? list.listId === key.listId : list.listClientOrderId === key.listClientOrderId,
    );
  }

  #ordersOf(account: AccountId): OrderRow[] {
    return this.#of(account).flatMap(queuedOrders);
  }

  #listsOf(account: AccountId): OrderListRow[] {
    return this.#of(account).flatMap((entry) => queuedList(entry) ?? []);
  }

  #of(account: AccountId): OutboxEntry[] {
    if (this.#waiting.size + this.#ended.size === 0) return [];
    return [...this.#ended.values(), ...this.#waiting.values()].filter((entry) => entry.account === account);
  }

  /** Those that ended first give way; their ids. */
  #forgetEnded(): CommandId[] {
    const tooMany = Math.max(0, this.#ended.size - this.#limits.endedMax);
    const ids = [...this.#ended.keys()].slice(0, tooMany);
    for (const id of ids) this.#ended.delete(id);
    return ids;
  }

  /** One write after the other, in the order of the changes. */
  #write(write: () => Promise<void>): Promise<void> {
    const written = this.#lastWrite.then(write);
    this.#lastWrite = written.catch(() => {});
    return written;
  }

  #tell(kind: OutboxChange["kind"], entry: OutboxEntry): void {
    for (const listener of this.#listeners) listener({ kind, entry });
  }
}
