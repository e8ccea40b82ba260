import type { RewoundMessage } from "./region-messages.ts";
import type { Place, ResyncAnswer, ResyncRequest } from "./socket.ts";

/**
 * `apply`: new and in order. `duplicate`: seen before, drop it. `gap`: something was missed; drop it and send
 * {@link FeedClient.resyncRequest}. `waiting`: drop it; the answer to a resync (or a snapshot) is on its way and brings it again.
 */
export type FeedVerdict = "apply" | "duplicate" | "gap" | "waiting";

/** Where a client stands in a feed. */
interface Position {
  readonly shard: string;
  readonly branch: string;
  readonly seq: number;
  readonly index: number;
}

/**
 * One feed as a client follows it (a user's in one shard, or a symbol's trades): no I/O, it only judges. The client
 *
 * 1. starts: a user's feed by `startAt` the place of its shard in `state.places`, trades by `startAt(answer.place)` of `subscribe` (or by `startFresh()`, which takes the
 *    first message as it comes: what is lost before it stays lost);
 * 2. asks `receive(message)` for each message and does what the verdict says;
 * 3. after each reconnect sends `reconnected()`, if it is a request, as `resync` (after `subscribe`, for trades), and after a `gap`
 *    `resyncRequest()`;
 * 4. hands the answer to `resynced` **in the acknowledgement callback itself** (a promise would run after the messages that follow
 *    in the same packet); if that returns `snapshot`, it loads the state anew and goes to 1;
 * 5. hands each `rewound` message of the feed to `rewound`; if that returns true, what it took behind `toSeq` was undone: a user's state is loaded anew
 *    (and 1), trades of a higher seq are dropped. What replaces it follows by itself.
 */
export class FeedClient {
  readonly #feed: string;
  #position: Position | undefined;
  /** Everything up to this seq has been or will be sent on this connection, in order. */
  #coveredSeq = 0;
  #waiting = true;

  constructor(feed: string) {
    this.#feed = feed;
  }

  /** The last message taken; `undefined` before the first. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** A snapshot was loaded that holds all of the feed up to and including `place`. */
  startAt({ shard, branch, seq, index }: Place): void {
    this.#position = { shard, branch, seq, index };
    this.#coveredSeq = 0;
    this.#waiting = false;
  }

  /** Takes the next message as it comes. */
  startFresh(): void {
    this.#position = undefined;
    this.#coveredSeq = 0;
    this.#waiting = false;
  }

  receive(place: Place): FeedVerdict {
    if (this.#waiting) return "waiting";
    const { shard, branch, seq, index, previousSeq } = place;
    const last = this.#position;
    if (last !== undefined) {
      if (shard !== last.shard) return this.#gap();
      // Another Region has taken the shard over: the feed goes on behind what was told, or it was rewound, which is said first.
      if (branch !== last.branch && seq <= last.seq) return this.#gap();
      if (seq < last.seq || (seq === last.seq && index <= last.index)) return "duplicate";
      if (seq > last.seq && (previousSeq === null || previousSeq > Math.max(last.seq, this.#coveredSeq))) {
        return this.#gap();
      }
    }
    this.#position = { shard, branch, seq, index };
    return "apply";
  }

  /**
   * The connection was lost and is back: what to send as `resync`, or `undefined` if there is nothing to go on from (the client
   * starts as at first). Until the answer everything is `waiting`.
   */
  reconnected(): ResyncRequest | undefined {
    this.#coveredSeq = 0;
    this.#waiting = true;
    return this.#position === undefined ? undefined : this.resyncRequest();
  }

  /** Call only when there is a position (after a `gap`, there is). */
  resyncRequest(): ResyncRequest {
    const { branch = "", seq = 0, index = 0 } = this.#position ?? {};
    return { feed: this.#feed, branch, seq, index };
  }

  /** `missed`: the missed messages follow. `snapshot`: load the state anew, then `startAt` or `startFresh`. */
  resynced(answer: ResyncAnswer): ResyncAnswer["outcome"] {
    if (answer.outcome === "snapshot") {
      this.#position = undefined;
      return "snapshot";
    }
    this.#coveredSeq = answer.seq;
    this.#waiting = false;
    return "missed";
  }

  /** The tape was taken back: true if what this client has taken of it reaches beyond. */
  rewound({ shard, branch, toSeq }: RewoundMessage): boolean {
    const last = this.#position;
    if (last === undefined || last.shard !== shard || last.seq <= toSeq) return false;
    this.#position = { shard, branch, seq: toSeq, index: Number.MAX_SAFE_INTEGER };
    this.#coveredSeq = Math.min(this.#coveredSeq, toSeq);
    return true;
  }

  #gap(): FeedVerdict {
    this.#waiting = true;
    return "gap";
  }
}
