import type { LevelChanged, Outcome } from "#shared/domain/event.ts";
import type { MarketId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Side } from "#shared/domain/order.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { DepthMessage } from "#shared/protocol/socket.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { Level, RegionView, ViewUpdate } from "../views/region-view.ts";
import type { FeedChain } from "./feed-chain.ts";
import { depthRoom } from "./rooms.ts";
import type { GatewaySocket } from "./socket-types.ts";
import type { ToldRooms } from "./told-rooms.ts";
import type { WireMessages } from "./wire-messages.ts";

/** The levels of a side that a snapshot has at most, as on Binance. */
const SNAPSHOT_LEVELS = 5000;

/** What changed in a market's book since the last message. */
interface Pending {
  readonly levels: Record<Side, Map<number, Level>>;
  readonly firstUpdateId: number;
  finalUpdateId: number;
  /** The last outcome in it. */
  at: Outcome;
  /** When the first change in it was heard, monotonic ms. */
  readonly since: number;
}

export interface DepthPublisherDependencies {
  readonly rooms: ToldRooms;
  readonly view: RegionView;
  readonly chain: FeedChain;
  readonly wire: WireMessages;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** A snapshot for whoever joins, then differences without a gap, gathered until the next flush and never empty. */
export class DepthPublisher {
  readonly #rooms: ToldRooms;
  readonly #view: RegionView;
  readonly #chain: FeedChain;
  readonly #wire: WireMessages;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #pending = new Map<MarketId, Pending>();
  readonly #snapshots = new Map<MarketId, DepthMessage>();

  constructor({ rooms, view, chain, wire, clock, metrics }: DepthPublisherDependencies) {
    this.#rooms = rooms;
    this.#view = view;
    this.#chain = chain;
    this.#wire = wire;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  take({ outcome }: ViewUpdate): void {
    for (const event of outcome.events) {
      if (event.kind !== "LevelChanged" || !this.#chain.isFollowed(depthRoom(event.market))) continue;
      this.#add(event, outcome);
    }
  }

  flush(): void {
    for (const market of this.#pending.keys()) this.#flushMarket(market);
  }

  /** The book went back: whoever follows it gets it whole. */
  rewound(): void {
    this.#pending.clear();
    this.#snapshots.clear();
    for (const { id } of this.#view.markets()) {
      const room = depthRoom(id);
      if (!this.#chain.isFollowed(room)) continue;
      this.#rooms.to(room).emit("depth", this.#snapshot(id));
      this.#chain.rewind(room, this.#view.seq);
    }
  }

  /** Sends the book as it is and joins: the next difference to the room begins right after it. */
  join(socket: GatewaySocket, market: MarketId): void {
    // What the room has not been told yet is in the snapshot already, so it must not reach the newcomer afterwards.
    this.#flushMarket(market);
    socket.emit("depth", this.#snapshot(market));
    void socket.join(depthRoom(market));
  }

  #add({ market, side, price, quantity, updateId }: LevelChanged, at: Outcome): void {
    let pending = this.#pending.get(market);
    if (pending === undefined) {
      const levels = { BUY: new Map(), SELL: new Map() };
      const since = this.#clock.monotonic();
      pending = { levels, firstUpdateId: updateId, finalUpdateId: updateId - 1, at, since };
      this.#pending.set(market, pending);
    }
    assert(updateId === pending.finalUpdateId + 1, `depth of ${market} is contiguous`);
    pending.levels[side].set(price, { price, quantity });
    pending.finalUpdateId = updateId;
    pending.at = at;
  }

  #flushMarket(market: MarketId): void {
    const pending = this.#pending.get(market);
    if (pending === undefined) return;
    this.#pending.delete(market);
    const room = depthRoom(market);
    if (!this.#chain.isFollowed(room)) return;
    const { levels, firstUpdateId, finalUpdateId, at } = pending;
    this.#rooms.to(room).emit("depth", {
      ...this.#wire.place(at, 0, this.#chain.previous(room)),
      symbol: market,
      snapshot: false,
      firstUpdateId,
      finalUpdateId,
      bids: this.#wire.levels(market, levels.BUY.values()),
      asks: this.#wire.levels(market, levels.SELL.values()),
    });
    this.#chain.advance(room, at.seq);
    const seconds = (this.#clock.monotonic() - pending.since) / 1000;
    this.#metrics.record("meridian_book_delta_seconds", seconds, { market });
  }

  /** Made once for all who join between two changes of the book. */
  #snapshot(market: MarketId): DepthMessage {
    const lastUpdateId = this.#view.lastUpdateId(market);
    const known = this.#snapshots.get(market);
    if (known?.finalUpdateId === lastUpdateId) return known;
    const snapshot: DepthMessage = {
      ...this.#wire.place(this.#view, 0, null),
      symbol: market,
      snapshot: true,
      firstUpdateId: lastUpdateId,
      finalUpdateId: lastUpdateId,
      bids: this.#wire.levels(market, this.#view.levels(market, "BUY", SNAPSHOT_LEVELS)),
      asks: this.#wire.levels(market, this.#view.levels(market, "SELL", SNAPSHOT_LEVELS)),
    };
    this.#snapshots.set(market, snapshot);
    return snapshot;
  }
}
