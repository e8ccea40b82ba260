import type { MarketId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { RegionView, ViewUpdate } from "../views/region-view.ts";
import { DepthPublisher } from "./depth-publisher.ts";
import type { FeedChain } from "./feed-chain.ts";
import { KlinePublisher } from "./kline-publisher.ts";
import { publishMarketStatus } from "./market-status-publisher.ts";
import { RecentUpdates } from "./recent-updates.ts";
import { Resync } from "./resync.ts";
import type { GatewayServer } from "./socket-types.ts";
import type { Publishers } from "./subscriptions.ts";
import { TickerPublisher } from "./ticker-publisher.ts";
import { publishTrades } from "./trade-publisher.ts";
import { publishToUsers } from "./user-publisher.ts";
import { WireMessages } from "./wire-messages.ts";

export interface ShardSocketDependencies {
  readonly io: GatewayServer;
  readonly view: RegionView;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly chain: FeedChain;
  /** Updates kept in memory for resyncs. */
  readonly recentUpdates: number;
}

/** One shard's side of the sockets: what its view tells goes to who follows its feeds, and what they missed is found again. */
export class ShardSockets {
  readonly view: RegionView;
  readonly wire: WireMessages;
  readonly resync: Resync;
  readonly publishers: Publishers;
  readonly #dependencies: ShardSocketDependencies;
  readonly #recent: RecentUpdates;
  readonly #subscription: { cancel(): void };

  constructor(dependencies: ShardSocketDependencies) {
    const { io, view, journal, clock, chain, recentUpdates } = dependencies;
    this.#dependencies = dependencies;
    this.view = view;
    this.wire = new WireMessages(view);
    this.#recent = new RecentUpdates(recentUpdates, view.seq);
    this.resync = new Resync({
      view,
      recent: this.#recent,
      journal,
      clock,
      wire: this.wire,
      maxOutcomes: 50_000,
      maxMessages: 10_000,
      maxReaders: 32,
    });
    this.publishers = {
      depth: new DepthPublisher(io, view, chain, this.wire),
      ticker: new TickerPublisher(io, view, this.wire, clock),
      kline: new KlinePublisher(io, view, this.wire),
    };
    this.#subscription = view.onUpdate((update) => this.#take(update));
  }

  trades(market: string): boolean {
    return this.view.market(market as MarketId) !== undefined;
  }

  close(): void {
    this.#subscription.cancel();
  }

  #take(update: ViewUpdate): void {
    const { io, chain } = this.#dependencies;
    this.#recent.add(update);
    publishToUsers(io, chain, this.wire, update);
    publishTrades(io, chain, this.wire, update);
    publishMarketStatus(io, this.wire, update);
    this.publishers.depth.take(update);
    this.publishers.kline.take(update);
  }
}
