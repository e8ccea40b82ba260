import type { MarketId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import { every } from "../every.ts";
import { aggregateJson, grouped } from "../rest/aggregate-trades.ts";
import { findMarket, type MarketTerms } from "../rest/find-market.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { FollowingView, ViewUpdate } from "../views/region-view.ts";
import { DepthGatherer } from "./depth-gatherer.ts";
import { KlineStreams } from "./kline-streams.ts";
import type { StreamHub } from "./stream-hub.ts";
import {
  ALL_MINI_TICKERS,
  ALL_TICKERS,
  BOOK_LEVELS,
  DEPTH_PERIODS,
  type DepthPeriod,
  parseStreamName,
  streamText,
} from "./stream-name.ts";
import {
  bookPayload,
  bookTickerPayload,
  depthPayload,
  miniTickerPayload,
  tickerPayload,
  tradePayload,
} from "./stream-payloads.ts";
import { WindowTickers } from "./window-tickers.ts";

export interface MarketStreamsDependencies {
  readonly hub: StreamHub;
  readonly view: ExchangeView;
  readonly clock: Clock;
}

/** A best price changes many times a millisecond in a burst: what it is then is told, at most so often. */
const BOOK_TICKER_MS = 10;
const SECOND_MS = 1000;

/** Tells the followers of market streams what the fold brings: trades at once, the rest in its period. What nobody follows is not made. */
export class MarketStreams {
  readonly #dependencies: MarketStreamsDependencies;
  readonly #klines: KlineStreams;
  readonly #windows: WindowTickers;
  readonly #depths = new Map<DepthPeriod, Map<MarketId, DepthGatherer>>(
    DEPTH_PERIODS.map((everyMs) => [everyMs, new Map()]),
  );
  /** Markets whose books changed since they were told last, by period. */
  readonly #changedBooks = new Map<DepthPeriod, Set<MarketId>>(
    DEPTH_PERIODS.map((everyMs) => [everyMs, new Set()]),
  );
  readonly #changedBests = new Set<MarketId>();
  /** What was told last, as text: of a best price its stream, of a ticker its market. */
  readonly #told = new Map<string, string>();
  readonly #subscriptions: readonly { cancel(): void }[];
  readonly #timers: readonly Timer[];
  #bestTimer: Timer | undefined;

  constructor(dependencies: MarketStreamsDependencies) {
    const { hub, view, clock } = dependencies;
    this.#dependencies = dependencies;
    this.#klines = new KlineStreams(hub, view);
    this.#windows = new WindowTickers(hub, view, clock);
    this.#subscriptions = view.shards.flatMap((shard) => [
      shard.onUpdate((update) => this.#take(update)),
      shard.onRewind(() => this.#rewind(shard)),
    ]);
    this.#timers = [
      ...DEPTH_PERIODS.map((everyMs) => every(clock, everyMs, () => this.#flushBooks(everyMs))),
      every(clock, SECOND_MS, () => {
        this.#klines.flush(view.time);
        this.#flushTickers();
        this.#windows.flush();
      }),
    ];
  }

  /** Somebody began to follow a stream: of a book, a best price, a ticker they are told in its next period, changed or not. */
  followed(stream: string): void {
    const name = parseStreamName(stream);
    if (name?.kind === "book") this.#changedBooks.get(name.everyMs)?.add(name.market);
    if (name?.kind === "bookTicker") this.#noteBest(name.market, stream);
    if (name?.kind === "windowTicker" || name?.kind === "avgPrice") this.#windows.followed(stream);
    if (name?.kind === "ticker" || name?.kind === "miniTicker") this.#told.delete(name.market);
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.cancel();
    for (const timer of this.#timers) timer.cancel();
    this.#bestTimer?.cancel();
  }

  #take({ outcome, trades }: ViewUpdate): void {
    if (this.#dependencies.hub.isEmpty) return;
    this.#klines.take(trades);
    this.#tellTrades(trades);
    for (const event of outcome.events) {
      if (event.kind !== "LevelChanged") continue;
      const { market } = event;
      for (const everyMs of DEPTH_PERIODS) {
        this.#changedBooks.get(everyMs)?.add(market);
        const gatherers = this.#depths.get(everyMs);
        if (!this.#isFollowed({ kind: "depth", market, everyMs })) {
          gatherers?.delete(market);
          continue;
        }
        const gatherer = gatherers?.get(market) ?? new DepthGatherer(event.updateId);
        gatherers?.set(market, gatherer);
        gatherer.add(event, outcome.time);
      }
      if (this.#isFollowed({ kind: "bookTicker", market })) this.#noteBest(market);
    }
  }

  #tellTrades(trades: ViewUpdate["trades"]): void {
    const { hub } = this.#dependencies;
    for (const market of new Set(trades.map((trade) => trade.market))) {
      const own = trades.filter((trade) => trade.market === market);
      const stream = streamText({ kind: "trade", market });
      const terms = this.#terms(market);
      for (const trade of own) hub.tell(stream, () => tradePayload(terms, trade));
      const aggregates = streamText({ kind: "aggTrade", market });
      if (!hub.isFollowed(aggregates)) continue;
      for (const group of grouped(own)) {
        const { a, p, q, f, l, T, m, M } = aggregateJson(terms, group);
        hub.tell(aggregates, () => ({ e: "aggTrade", E: T, s: market, a, p, q, f, l, T, m, M }));
      }
    }
  }

  #flushBooks(everyMs: DepthPeriod): void {
    const { hub, view } = this.#dependencies;
    const gatherers = this.#depths.get(everyMs);
    for (const [market, { gathered }] of gatherers ?? [])
      hub.tell(streamText({ kind: "depth", market, everyMs }), () =>
        depthPayload(this.#terms(market), gathered.time, gathered, gathered.bids, gathered.asks),
      );
    gatherers?.clear();
    const changed = this.#changedBooks.get(everyMs);
    for (const market of changed ?? [])
      for (const levels of BOOK_LEVELS)
        hub.tell(streamText({ kind: "book", market, levels, everyMs }), () =>
          bookPayload(view, this.#terms(market), levels),
        );
    changed?.clear();
  }

  #noteBest(market: MarketId, again?: string): void {
    if (again !== undefined) this.#told.delete(again);
    this.#changedBests.add(market);
    this.#bestTimer ??= this.#dependencies.clock.schedule(BOOK_TICKER_MS, () => {
      this.#bestTimer = undefined;
      this.#flushBests();
    });
  }

  #flushBests(): void {
    const { hub, view } = this.#dependencies;
    for (const market of this.#changedBests) {
      const stream = streamText({ kind: "bookTicker", market });
      if (!hub.isFollowed(stream)) continue;
      const payload = bookTickerPayload(view, this.#terms(market));
      if (this.#isTold(stream, JSON.stringify({ ...payload, u: 0 }))) continue;
      hub.tell(stream, () => payload);
    }
    this.#changedBests.clear();
  }

  #flushTickers(): void {
    const { hub, view, clock } = this.#dependencies;
    const isAllFollowed = hub.isFollowed(ALL_MINI_TICKERS) || hub.isFollowed(ALL_TICKERS);
    const changed: ReturnType<typeof tickerPayload>[] = [];
    for (const { id: market } of view.markets()) {
      const streams = [
        streamText({ kind: "ticker", market }),
        streamText({ kind: "miniTicker", market }),
      ] as const;
      if (!isAllFollowed && !streams.some((stream) => hub.isFollowed(stream))) continue;
      const ticker = tickerPayload(view, this.#terms(market), clock.now());
      if (this.#isTold(market, JSON.stringify({ ...ticker, E: 0, O: 0, C: 0 }))) continue;
      changed.push(ticker);
      hub.tell(streams[0], () => ticker);
      hub.tell(streams[1], () => miniTickerPayload(ticker));
    }
    if (changed.length === 0) return;
    hub.tell(ALL_MINI_TICKERS, () => changed.map(miniTickerPayload));
    hub.tell(ALL_TICKERS, () => changed);
  }

  /** Says whether it was told just so, and notes it. */
  #isTold(what: string, text: string): boolean {
    if (this.#told.get(what) === text) return true;
    this.#told.set(what, text);
    return false;
  }

  /** Binance's streams have no word for what is taken back: who follows a market of the shard is disconnected, comes back, and takes the book anew. */
  #rewind(shard: FollowingView): void {
    for (const gatherers of this.#depths.values()) gatherers.clear();
    this.#klines.rewound();
    this.#windows.rewound();
    this.#told.clear();
    this.#dependencies.hub.restart((stream) => {
      const name = parseStreamName(stream);
      return name !== undefined && (!("market" in name) || shard.market(name.market) !== undefined);
    });
  }

  #isFollowed(name: Parameters<typeof streamText>[0]): boolean {
    return this.#dependencies.hub.isFollowed(streamText(name));
  }

  #terms(market: MarketId): MarketTerms {
    return findMarket(this.#dependencies.view, market);
  }
}
