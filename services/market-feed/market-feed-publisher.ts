import type { Outcome } from "#shared/domain/event.ts";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { FeedStand, FeedStands, MarketFeed } from "#shared/ports/market-feed.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { MARKET_FEED_VERSION, type MarketMessage, marketMessagesOf } from "#shared/protocol/market-feed.ts";
import { isInHistory } from "#shared/read-model/history.ts";

export interface MarketFeedPublisherDependencies {
  readonly shard: ShardId;
  readonly journal: Journal;
  readonly feed: MarketFeed;
  readonly stands: FeedStands;
  readonly clock: Clock;
  /** Told of trouble that is tried again: the feed lags, nothing else does. */
  readonly onTrouble: (error: unknown) => void;
  /** Anything else that went wrong. */
  readonly onFailure: (error: unknown) => void;
}

/** Between two tries, and between two writes of the stand. */
const RETRY_MS = 500;
const STAND_EVERY_MS = 1000;

/** Publishes a shard's trades and book changes from its journal: from where it stood, at least once, in order. While the feed does not take them the journal keeps them, so nothing piles up here. */
export class MarketFeedPublisher {
  readonly #dependencies: MarketFeedPublisherDependencies;
  #subscription: Subscription | undefined;
  #stand: FeedStand | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #isStopped = false;
  /** Ends the wait for the next try. */
  #wake: (() => void) | undefined;
  #publishing: Promise<void> = Promise.resolve();

  constructor(dependencies: MarketFeedPublisherDependencies) {
    this.#dependencies = dependencies;
  }

  /** The last seq that is published; 0 at first. */
  get seq(): number {
    return this.#stand?.seq ?? 0;
  }

  /** Goes on where the feed stands; where the journal has gone back meanwhile, with a rewind. */
  async start(): Promise<void> {
    const { shard, journal, stands, onFailure } = this.#dependencies;
    this.#stand = await stands.read(shard);
    const after = this.#startOf(this.#stand);
    if (after < this.seq) await this.#publish([rewindMessage(shard, after)]);
    if (this.#isStopped) return;
    const run = (work: () => Promise<void>) => {
      this.#publishing = work().catch((error: unknown) => {
        this.#subscription?.cancel();
        onFailure(error);
      });
      return this.#publishing;
    };
    this.#subscription = journal.subscribe(
      after,
      (outcomes) => run(() => this.#take(outcomes)),
      (toSeq) => run(() => this.#publish([rewindMessage(shard, toSeq)])),
    );
  }

  /** Resolves when nothing is published any more, and the stand is written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#subscription?.cancel();
    this.#wake?.();
    await this.#publishing;
    await this.#writeStand().catch(this.#dependencies.onTrouble);
  }

  /** Behind which seq to go on: where it stood, if that is still on the journal; else where its branch still is. */
  #startOf(stand: FeedStand | undefined): number {
    if (stand === undefined) return 0;
    const history = this.#dependencies.journal.branches();
    if (isInHistory(history, stand)) return stand.seq;
    const run = history.find(({ branch }) => branch === stand.branch);
    return run?.lastSeq ?? Math.max(0, this.#dependencies.journal.firstSeq() - 1);
  }

  async #take(outcomes: readonly Outcome[]): Promise<void> {
    const last = outcomes.at(-1);
    if (last === undefined) return;
    const messages = outcomes.flatMap(marketMessagesOf);
    if (messages.length > 0) await this.#publish(messages);
    if (this.#isStopped) return;
    this.#stand = { branch: last.branch, seq: last.seq };
    const { clock, onTrouble } = this.#dependencies;
    if (clock.monotonic() - this.#writtenAt >= STAND_EVERY_MS) await this.#writeStand().catch(onTrouble);
  }

  /** Tries until it is done, or this is stopped. */
  async #publish(messages: readonly MarketMessage[]): Promise<void> {
    const { shard, feed, clock, onTrouble } = this.#dependencies;
    while (!this.#isStopped) {
      try {
        await feed.publish(shard, messages);
        return;
      } catch (error) {
        if (!(error instanceof OperatingError)) throw error;
        onTrouble(error);
      }
      await new Promise<void>((resolve) => {
        const timer = clock.schedule(RETRY_MS, resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
  }

  async #writeStand(): Promise<void> {
    if (this.#stand === undefined) return;
    await this.#dependencies.stands.write(this.#dependencies.shard, this.#stand);
    this.#writtenAt = this.#dependencies.clock.monotonic();
  }
}

function rewindMessage(shard: ShardId, toSeq: number): MarketMessage {
  return { v: MARKET_FEED_VERSION, kind: "rewind", shard, toSeq: toSeq as Seq };
}
