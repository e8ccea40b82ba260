import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, MarketId, OrderId, OrderListId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Place, ResyncRequest, TradeMessage } from "#shared/protocol/socket.ts";
import type { RegionView } from "../views/region-view.ts";
import { concerns, rebuildReports } from "./rebuild-reports.ts";
import type { RecentUpdates } from "./recent-updates.ts";
import { tradeMessages } from "./trade-messages.ts";
import { type UserMessage, userMessages } from "./user-messages.ts";
import type { WireMessages } from "./wire-messages.ts";

export interface ResyncDependencies {
  readonly view: RegionView;
  readonly recent: RecentUpdates;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly wire: WireMessages;
  /** Outcomes read from the journal for one client at most; who missed more takes a snapshot. */
  readonly maxOutcomes: number;
  /** Messages sent to one client at most. */
  readonly maxMessages: number;
  /** Clients that may read the journal at once; others take a snapshot. */
  readonly maxReaders: number;
  /** The journal lacks an outcome that it had to have: nobody can tell the client what it missed. */
  readonly onGap: () => void;
}

export type MissedMessage = UserMessage | { readonly event: "trade"; readonly message: TradeMessage };

const BATCH = 500;
/** How long to wait for a journal that is behind: two seconds in all. */
const WAIT_MS = 10;
const MAX_WAITS = 200;

/** Whose messages: a user's, or the trades of a market. */
export type ResyncFeed =
  | { readonly kind: "user"; readonly account: AccountId }
  | { readonly kind: "trade"; readonly market: MarketId };

/** Finds what a client missed of a feed: in memory if it is recent, else from the journal, within bounds. */
export class Resync {
  readonly #dependencies: ResyncDependencies;
  #readers = 0;
  /** How often the tape went back. */
  #rewinds = 0;

  constructor(dependencies: ResyncDependencies) {
    this.#dependencies = dependencies;
  }

  /** The tape went back: what was being read may be of a tape that is no more. */
  rewound(): void {
    this.#rewinds++;
  }

  /** True if `missed` will find everything in memory, and so answer before anything newer is folded. */
  isRecent(request: ResyncRequest): boolean {
    return firstNeeded(request) >= this.#dependencies.recent.firstSeq;
  }

  /**
   * Calls `deliver` once, in the same turn in which it looked: with all messages after the request's place up to the view's seq, in
   * order, or with `undefined` if the client must take a snapshot; not at all if it is no longer wanted.
   */
  async missed(
    feed: ResyncFeed,
    request: ResyncRequest,
    isWanted: () => boolean,
    deliver: (messages: readonly MissedMessage[] | undefined) => void,
  ): Promise<void> {
    const { view } = this.#dependencies;
    if (request.seq > view.seq || !this.#isOnTape(request)) return deliver(undefined);
    if (this.isRecent(request)) return deliver(this.#messages(feed, request, []));
    if (this.#readers >= this.#dependencies.maxReaders) return deliver(undefined);
    this.#readers++;
    try {
      await this.#readJournal(feed, request, isWanted, (old) =>
        deliver(old === undefined ? undefined : this.#messages(feed, request, old)),
      );
    } finally {
      this.#readers--;
    }
  }

  /**
   * Reads what of the journal concerns the feed, from the request's seq (part of it may have been missed) to the first seq in
   * memory, and hands it over in the turn in which that was seen to be reached: memory moves on with every outcome.
   */
  async #readJournal(
    feed: ResyncFeed,
    request: ResyncRequest,
    isWanted: () => boolean,
    found: (old: readonly Outcome[] | undefined) => void,
  ): Promise<void> {
    const { journal, recent, maxOutcomes, maxMessages } = this.#dependencies;
    const kept: Outcome[] = [];
    const rewinds = this.#rewinds;
    let after = Math.max(firstNeeded(request) - 1, 0);
    let waits = 0;
    while (after < recent.firstSeq - 1) {
      if (!isWanted()) return;
      if (rewinds !== this.#rewinds) return found(undefined);
      if (recent.lastSeq - request.seq > maxOutcomes || kept.length > maxMessages) return found(undefined);
      const outcomes = await journal.read(after, Math.min(BATCH, recent.firstSeq - 1 - after));
      const last = outcomes.at(-1);
      if (last === undefined) {
        // The journal is written a little behind the fold.
        if (++waits > MAX_WAITS) return found(undefined);
        await this.#pause(WAIT_MS);
        continue;
      }
      // Seqs rise one by one, so the last one says whether any is missing.
      if (last.seq !== after + outcomes.length) {
        // Before the first that is held nothing was promised; and a tape that went back meanwhile is another one.
        if (after + 1 >= journal.firstSeq() && rewinds === this.#rewinds) this.#dependencies.onGap();
        return found(undefined);
      }
      for (const outcome of outcomes) if (isOf(feed, outcome)) kept.push(outcome);
      after = last.seq;
      // Others have their turn between two batches.
      await this.#pause(0);
    }
    found(rewinds === this.#rewinds ? kept : undefined);
  }

  /** Whether the client stands on the tape as it is now: another branch may have continued its own since, and not taken its place. */
  #isOnTape({ branch, seq }: ResyncRequest): boolean {
    const { recent, journal, view } = this.#dependencies;
    if (seq === view.seq) return branch === view.branch;
    // Before everything: of any branch that the tape has been through.
    if (seq === 0 && branch !== view.branch) return journal.branches().some((run) => run.branch === branch);
    if (seq === 0) return true;
    const known =
      recent.branchAt(seq) ??
      journal.branches().find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq)?.branch;
    return known === branch;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#dependencies.clock.schedule(delayMs, resolve));
  }

  /** Synchronous, so nothing is folded meanwhile. `old`: outcomes of the feed from the journal, before those in memory. */
  #messages(feed: ResyncFeed, request: ResyncRequest, old: readonly Outcome[]): MissedMessage[] | undefined {
    const { maxMessages, recent, view } = this.#dependencies;
    assert(recent.lastSeq === view.seq, "the memory of updates is as fresh as the view");
    const from = Math.max(request.seq, recent.firstSeq);
    const all =
      feed.kind === "user" ? this.#ofUser(feed.account, old, from) : this.#ofTrades(feed.market, old, from);
    if (all === undefined) return undefined;
    const messages: MissedMessage[] = [];
    let previousSeq = request.seq;
    for (const group of all) {
      for (const missed of group) {
        if (!isAfter(missed.message, request)) continue;
        messages.push(withPrevious(missed, previousSeq));
      }
      previousSeq = Math.max(previousSeq, group[0]?.message.seq ?? 0);
    }
    return messages.length > maxMessages ? undefined : messages;
  }

  #ofUser(account: AccountId, old: readonly Outcome[], from: number): MissedMessage[][] | undefined {
    const { view, recent, wire } = this.#dependencies;
    const updates = [...recent.from(from)].filter(({ outcome }) => concerns(outcome, account));
    const now = {
      order: (orderId: OrderId, market: MarketId) => view.order(account, market, { orderId }),
      list: (listId: OrderListId) => view.orderList(account, { listId }),
    };
    // Rebuilt through to the present, for the view knows orders as they stand now.
    const rebuilt =
      old.length === 0
        ? []
        : rebuildReports([...old, ...updates.map(({ outcome }) => outcome)], account, now, (id) =>
            marketOf(view, id),
          );
    if (rebuilt === undefined) return undefined;
    return [...rebuilt.slice(0, old.length), ...updates].map((update) =>
      userMessages(update, account, 0, wire),
    );
  }

  #ofTrades(market: MarketId, old: readonly Outcome[], from: number): MissedMessage[][] {
    const { recent, wire } = this.#dependencies;
    const outcomes = [...old, ...Array.from(recent.from(from), ({ outcome }) => outcome)];
    return outcomes
      .map((outcome) =>
        tradeMessages(outcome, market, 0, wire).map((message) => ({ event: "trade" as const, message })),
      )
      .filter((group) => group.length > 0);
  }
}

function isOf(feed: ResyncFeed, outcome: Outcome): boolean {
  if (feed.kind === "user") return concerns(outcome, feed.account);
  return outcome.events.some((event) => event.kind === "Trade" && event.market === feed.market);
}

/** The seq itself is needed again unless the client has all of it, as after a snapshot. */
function firstNeeded({ seq, index }: ResyncRequest): number {
  return index === Number.MAX_SAFE_INTEGER ? seq + 1 : seq;
}

function isAfter({ seq, index }: Place, request: ResyncRequest): boolean {
  return seq > request.seq || (seq === request.seq && index > request.index);
}

function withPrevious(missed: MissedMessage, previousSeq: number): MissedMessage {
  return { event: missed.event, message: { ...missed.message, previousSeq } } as MissedMessage;
}

function marketOf(view: RegionView, id: MarketId): Market {
  const market = view.market(id);
  assert(market !== undefined, `an event names the unknown market ${id}`);
  return market;
}
