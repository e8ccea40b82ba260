import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, CommandId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Watermark } from "#shared/domain/lineage.ts";
import type { Market } from "#shared/domain/market.ts";
import type { Reply, TapeListener } from "#test/simulation/simulated-region.ts";
import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";
import type { TraderWitness } from "#test/simulation/workload/trader.ts";
import { expectForkAllowed } from "./expect-fork-allowed.ts";
import { expectAsked } from "./expect-wanted.ts";
import { FeedWatch } from "./feed-watch.ts";
import type { FinalityClaim } from "./finality-claim.ts";
import { RequestBook } from "./request-book.ts";
import { TapeArchive } from "./tape-archive.ts";
import { TransferWatch } from "./transfer-watch.ts";

/**
 * Sees what clients see: their requests, the answers, and what Regions publish. Knows nothing of logs, leases and registers. What can be checked at
 * once is checked at once and throws a `Finding`; the rest when all has come to rest (`expectRest`).
 */
export class Auditor implements TraderWitness, TapeListener {
  readonly requests = new RequestBook();
  readonly #time: VirtualTime;
  readonly #feeds = new FeedWatch();
  readonly #archives: ReadonlyMap<ShardId, TapeArchive>;
  /** By shard and branch, the furthest. */
  readonly #claims = new Map<string, FinalityClaim>();

  constructor(time: VirtualTime, shards: readonly ShardId[], markets: readonly Market[]) {
    this.#time = time;
    const halting = markets.filter(({ partitionPolicy }) => partitionPolicy === "halt");
    const waiting = new Set(halting.map(({ id }) => id));
    const isAsked = (commandId: CommandId) => this.requests.requests.has(commandId);
    const transfers = new TransferWatch(
      (shard) => this.archiveOf(shard),
      () => this.claims,
    );
    const onFirst = (outcome: Outcome, isOfFork: boolean) => {
      transfers.note(outcome);
      expectAsked(outcome, isAsked);
      if (isOfFork) expectForkAllowed(outcome, waiting);
    };
    this.#archives = new Map(shards.map((shard) => [shard, new TapeArchive(shard, onFirst)]));
  }

  get claims(): readonly FinalityClaim[] {
    return [...this.#claims.values()];
  }

  archiveOf(shard: ShardId): TapeArchive {
    const archive = this.#archives.get(shard);
    if (archive === undefined) throw new Error(`no shard ${shard}`);
    return archive;
  }

  asked(commandId: CommandId, account: AccountId, shard: ShardId): void {
    this.requests.asked(commandId, account, shard);
  }

  answered(commandId: CommandId, region: RegionId, reply: Reply): void {
    this.requests.answered(commandId, region, reply);
    if (reply.kind === "outcome" && isOfTape(reply.outcome))
      this.archiveOf(reply.outcome.shard).note(`an answer of ${region}`, this.#ofShard(reply.outcome));
  }

  /**
   * What the shard did, of an answer: whoever cancels all orders is told first of those that its gateway still had in its outbox, of which no tape tells. Only cancels of its own account may stand there.
   */
  #ofShard(answer: Outcome): Outcome {
    const { shard, branch, seq, commandId, events } = answer;
    const known = this.archiveOf(shard).branch(branch).outcomes.get(seq)?.outcome;
    const more = events.length - (known?.events.length ?? events.length);
    const account = commandId === "" ? undefined : this.requests.requests.get(commandId)?.account;
    const areOwn = events
      .slice(0, Math.max(0, more))
      .every((event) => event.kind === "OrderCanceled" && event.account === account);
    return more > 0 && areOwn ? { ...answer, events: events.slice(more) } : answer;
  }

  began(region: RegionId, shard: ShardId, seq: Seq): void {
    this.#feeds.began(region, shard, seq);
  }

  outcome(region: RegionId, outcome: Outcome): void {
    this.#feeds.outcome(region, outcome);
    this.#time.mix(this.archiveOf(outcome.shard).note(region, outcome));
  }

  rewound(region: RegionId, shard: ShardId, toSeq: Seq): void {
    this.#feeds.rewound(region, shard, toSeq);
  }

  kept(region: RegionId, shard: ShardId, seq: Seq): void {
    this.#feeds.kept(region, shard, seq);
  }

  final(region: RegionId, shard: ShardId, watermark: Watermark): void {
    const key = `${shard} ${watermark.branch}`;
    const known = this.#claims.get(key);
    if (known === undefined || known.seq < watermark.seq)
      this.#claims.set(key, { ...watermark, shard, region });
  }
}

/** What a gateway did in its own outbox, before any shard heard of it, stands on no tape. */
function isOfTape({ branch }: { readonly branch: string }): boolean {
  return branch !== "";
}
