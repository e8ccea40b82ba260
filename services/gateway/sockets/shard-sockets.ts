import type { MarketId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { FinalMessage } from "#shared/protocol/region-messages.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { ShardFinality } from "../regions/region-status-source.ts";
import type { FollowingView, RewoundView, ViewUpdate } from "../views/region-view.ts";
import { DepthPublisher } from "./depth-publisher.ts";
import type { FeedChain } from "./feed-chain.ts";
import { KlinePublisher } from "./kline-publisher.ts";
import { publishMarketStatus } from "./market-status-publisher.ts";
import type { Publishers } from "./publishers.ts";
import { RecentUpdates } from "./recent-updates.ts";
import { Resync } from "./resync.ts";
import { feedOfRoom } from "./rooms.ts";
import { TickerPublisher } from "./ticker-publisher.ts";
import type { ToldRooms } from "./told-rooms.ts";
import { publishTrades } from "./trade-publisher.ts";
import { publishToUsers } from "./user-publisher.ts";
import { WireMessages } from "./wire-messages.ts";

export interface ShardSocketDependencies {
  readonly rooms: ToldRooms;
  readonly view: FollowingView;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly chain: FeedChain;
  readonly finality: ShardFinality;
  /** Updates kept in memory for resyncs. */
  readonly recentUpdates: number;
  readonly metrics: Metrics;
}

/** One shard's side of the sockets: what its view tells goes to who follows its feeds, and what they missed is found again. */
export class ShardSockets {
  readonly view: FollowingView;
  readonly wire: WireMessages;
  readonly resync: Resync;
  readonly publishers: Publishers;
  readonly #dependencies: ShardSocketDependencies;
  readonly #recent: RecentUpdates;
  readonly #subscriptions: readonly { cancel(): void }[];
  /** What was told last to be final. */
  #toldFinal = 0;

  constructor(dependencies: ShardSocketDependencies) {
    const { rooms, view, journal, clock, chain, recentUpdates, metrics } = dependencies;
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
      onGap: () => metrics.add("meridian_feed_gaps_total", { shard: view.shard }),
    });
    // From 0 on: of a series that begins with the first gap no rate tells it.
    metrics.add("meridian_feed_gaps_total", { shard: view.shard }, 0);
    this.publishers = {
      depth: new DepthPublisher({ rooms, view, chain, wire: this.wire, clock, metrics }),
      ticker: new TickerPublisher(rooms, view, this.wire, clock),
      kline: new KlinePublisher(rooms, view, this.wire),
    };
    this.#subscriptions = [
      view.onUpdate((update) => this.#take(update)),
      view.onRewind((rewound) => this.#rewind(rewound)),
    ];
  }

  trades(market: string): boolean {
    return this.view.market(market as MarketId) !== undefined;
  }

  /** What is final now. */
  final(): FinalMessage {
    const { view, finality } = this.#dependencies;
    const branch = finality.current?.branch ?? view.branch;
    return { shard: view.shard, branch, seq: finality.finalSeq };
  }

  /** Tells everybody what has become final since the last time. */
  flushFinal(): void {
    const message = this.final();
    if (message.seq <= this.#toldFinal) return;
    this.#toldFinal = message.seq;
    this.#dependencies.rooms.emit("final", message);
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.cancel();
  }

  /** Who follows a feed of this shard is told first, and then what stands there instead. */
  #rewind({ branch, toSeq }: RewoundView): void {
    const { rooms, view, chain } = this.#dependencies;
    const { shard } = view;
    this.#recent.rewind(toSeq);
    this.resync.rewound();
    for (const room of chain.rooms()) {
      const feed = feedOfRoom(room);
      const isOwn = feed !== undefined && (feed === `user/${shard}` || this.trades(feed));
      if (!isOwn) continue;
      rooms.to(room).emit("rewound", { feed, shard, branch, toSeq });
      chain.rewind(room, toSeq);
    }
    this.publishers.depth.rewound();
    this.publishers.ticker.rewound();
    this.publishers.kline.rewound();
  }

  #take(update: ViewUpdate): void {
    const { rooms, chain } = this.#dependencies;
    this.#recent.add(update);
    publishToUsers(rooms, chain, this.wire, update);
    publishTrades(rooms, chain, this.wire, update);
    publishMarketStatus(rooms, this.wire, update);
    this.publishers.depth.take(update);
    this.publishers.kline.take(update);
  }
}
