import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan, TapePlace, TapePlan } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { LogRecord } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { DigestExchange } from "./digest-exchange.ts";
import { currentSpan } from "./finality.ts";
import { Retry } from "./retry.ts";
import type { Tape } from "./tape.ts";
import { isOnTape, nextOnTape, segmentsOf, type TapeSegment } from "./tape-plan.ts";
import type { FinalityWatermark } from "./watermark.ts";

export interface FollowerDependencies {
  readonly shard: ShardId;
  readonly link: RegionLink;
  readonly tape: Tape;
  /** Where this Region's fold stands on its tape. */
  readonly place: () => TapePlace;
  readonly copies: LogCopies;
  readonly watermark: FinalityWatermark;
  readonly digests: DigestExchange;
  /** All Regions of the installation. */
  readonly regions: readonly RegionId[];
  readonly clock: Clock;
  readonly random: Random;
  /** An operating error that ends the follower: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
}

const BATCH = 1000;
/** How long the owner holds a request that it has nothing to answer to. */
const POLL_WAIT_MS = 2000;
/** How long an answer may take beyond that. */
const LINK_TIMEOUT_MS = 2000;
/** How many digests one request carries. */
const DIGESTS = 32;

/**
 * Keeps this Region's copies of a shard's logs up with the lineage: asks the owner of today for what is new and tells it what is held durably; what
 * is missing of earlier reigns it takes from whoever has it. It starts again from what the copies hold.
 */
export class Follower {
  readonly #dependencies: FollowerDependencies;
  readonly #retry: Retry;
  #reported = 0;
  #running: Promise<void> | undefined;
  #isStopped = false;
  #lastHeard = Number.NEGATIVE_INFINITY;
  /** The lineage of this plan, made once: it is asked for at each request. */
  #plan: TapePlan | undefined;
  #lineage: readonly TapeSegment[] = [];

  constructor(dependencies: FollowerDependencies) {
    this.#dependencies = dependencies;
    this.#retry = new Retry(dependencies.clock, dependencies.random);
  }

  /** When the owner last answered, by the monotonic clock; minus infinity if it never did. */
  get lastHeard(): number {
    return this.#lastHeard;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when nothing more is written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retry.wake();
    await this.#running;
  }

  /**
   * Copies what is missing of a Region's log up to a position from a Region that holds it (a candidate makes itself whole so before a cut). `false`
   * if it could not be had; what came is kept.
   */
  async copyFrom(holder: RegionId, origin: RegionId, through: number): Promise<boolean> {
    const { copies, shard } = this.#dependencies;
    while (copies.lastPosition(shard, origin) < through) {
      if (!(await this.#fetch(holder, origin, through))) return false;
    }
    return true;
  }

  async #run(): Promise<void> {
    const changes = this.#dependencies.tape.onChange(() => this.#retry.wake());
    try {
      while (!this.#isStopped) {
        const missing = this.#missing();
        const isWhole = missing === undefined || (await this.#catchUp(missing));
        if (missing !== undefined && isWhole) continue;
        if (this.#isStopped) return;
        const hasHeard = await this.#poll();
        if (hasHeard && isWhole) this.#retry.reset();
        else await this.#retry.wait();
      }
    } catch (error) {
      this.#dependencies.onFailure(error);
    } finally {
      changes.cancel();
    }
  }

  /** The reign before today's of which the fold needs records that the copies do not hold. */
  #missing(): TapeSegment | undefined {
    const { tape, shard, copies, place } = this.#dependencies;
    const next = this.#nextOfLineage();
    if (next === undefined || next.segment.end === Number.POSITIVE_INFINITY) return undefined;
    const { segment, after } = next;
    if (segment.origin === tape.self || place().seq >= segment.end) return undefined;
    return copies.lastPosition(shard, segment.origin) <= after ? segment : undefined;
  }

  /** Where the fold's next record of the lineage is; `undefined` while the fold is in a fork or has yet to go back. */
  #nextOfLineage() {
    const { tape } = this.#dependencies;
    const place = this.#dependencies.place();
    if (this.#plan !== tape.plan) {
      this.#plan = tape.plan;
      this.#lineage = segmentsOf({ ...tape.plan, fork: undefined }, tape.self);
    }
    return isOnTape(this.#lineage, place) ? nextOnTape(this.#lineage, place) : undefined;
  }

  /** Takes all that its Region, or else any other one, holds of an earlier reign's log; `false` if nobody gave any. */
  async #catchUp({ origin }: TapeSegment): Promise<boolean> {
    const { regions, tape } = this.#dependencies;
    for (const holder of [origin, ...regions.filter((region) => region !== origin)]) {
      if (holder === tape.self) continue;
      let hasCome = false;
      while (!this.#isStopped && (await this.#fetch(holder, origin, Number.POSITIVE_INFINITY)))
        hasCome = true;
      if (hasCome) return true;
      if (this.#isStopped) return false;
    }
    return false;
  }

  /** One batch of a Region's log, from a holder of it; `false` if nothing came. */
  async #fetch(holder: RegionId, origin: RegionId, through: number): Promise<boolean> {
    const { link, shard, copies } = this.#dependencies;
    const after = copies.lastPosition(shard, origin);
    const request = { shard, origin, after, limit: BATCH };
    const reply = await link.request(holder, "replica.read", request, LINK_TIMEOUT_MS);
    if (!reply.ok) return false;
    const records = reply.answer.records.filter(({ position }) => position <= through);
    await this.#store(origin, after, records);
    return copies.lastPosition(shard, origin) > after;
  }

  /** Asks the owner once; `false` if there is none to ask, or it did not answer. */
  async #poll(): Promise<boolean> {
    const { link, shard, tape, copies, watermark, digests, clock } = this.#dependencies;
    const span = currentSpan(tape.plan);
    if (span === undefined || span.owner === tape.self || this.#isFenced(span)) return false;
    const after = copies.lastPosition(shard, span.owner);
    const { noted } = digests;
    const request = {
      shard,
      after,
      limit: BATCH,
      waitMs: POLL_WAIT_MS,
      epoch: span.epoch,
      held: this.#isComplete(span) ? after : 0,
      digests: digests.since(this.#reported, DIGESTS),
    };
    const timeout = POLL_WAIT_MS + LINK_TIMEOUT_MS;
    const reply = await this.#retry.orWoken(link.request(span.owner, "log.read", request, timeout));
    if (reply === undefined || !reply.ok) return false;
    const { answer } = reply;
    this.#lastHeard = Math.max(this.#lastHeard, clock.monotonic() - (answer.silenceMs ?? 0));
    this.#reported = noted;
    // Asked before the plan changed or the epoch was fenced: the answer is of a reign that is followed no further.
    if (currentSpan(tape.plan)?.epoch !== span.epoch || this.#isFenced(span)) return false;
    await this.#store(span.owner, after, answer.records);
    if (answer.watermark !== undefined) watermark.learn(answer.watermark);
    return true;
  }

  /** A report counts for everything before it too, so it is only made once the fold has come to this reign: then all of that is held. */
  #isComplete(span: LineageSpan): boolean {
    const { place } = this.#dependencies;
    return this.#nextOfLineage() !== undefined && place().seq >= span.parentSeq;
  }

  #isFenced({ epoch }: LineageSpan): boolean {
    const { shard, copies } = this.#dependencies;
    return copies.fencedEpoch(shard) >= epoch;
  }

  /** Keeps records that follow what is held; an answer that came late and does not follow is dropped. */
  async #store(origin: RegionId, after: number, records: readonly LogRecord[]): Promise<void> {
    const { shard, copies } = this.#dependencies;
    if (records.length === 0 || copies.lastPosition(shard, origin) !== after) return;
    await copies.append(shard, origin, records);
  }
}
