import { majorityOf } from "#services/ownership/ask-all.ts";
import { currentSpan } from "#services/ownership/lineage.ts";
import { type LinkSteps, linkSteps, serveHold } from "#services/ownership/link-steps.ts";
import { Register } from "#services/ownership/register.ts";
import { serveAcceptor } from "#services/ownership/serve-acceptor.ts";
import { ShardOwnership } from "#services/ownership/shard-ownership.ts";
import { branchName } from "#shared/domain/branch-name.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan, Watermark } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { LogRecord } from "#shared/ports/command-log.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { type AcceptorDisk, memoryAcceptor } from "./memory-acceptor.ts";
import { type LogDisk, memoryCopies, memoryLog } from "./memory-logs.ts";
import { encode, endOf, foldLineage } from "./tiny-shard.ts";

export const SHARD = "shard-1" as ShardId;
export const LEASE_MS = 600;
const TIMEOUT_MS = 100;

/** What survives a crash of a Region. */
export interface RegionDisk extends LogDisk {
  readonly acceptor: AcceptorDisk;
  branches: number;
}

export interface TinyRegionOptions {
  readonly regions: readonly RegionId[];
  readonly link: RegionLink;
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: RegionDisk;
  /** Resolves when a write is durable. */
  written(): Promise<void>;
  nextId(): number;
  /** The owner has told that its span is final through a record. */
  onFinal(span: LineageSpan, position: number): void;
  /** A fault, to see that the checks find it. */
  readonly breakSteps?: (steps: LinkSteps) => LinkSteps;
}

/** One life of a Region with the production code of ownership, a shard that knows nothing but branches, and replication at its simplest. */
export class TinyRegion {
  readonly ownership: ShardOwnership;
  readonly #options: TinyRegionOptions;
  readonly #log;
  readonly #copies;
  readonly #steps: LinkSteps;
  /** As owner: the epoch that the reports are of, and what each Region holds of the own log. */
  #reports: { epoch: number; held: Map<RegionId, number> } = { epoch: 0, held: new Map() };
  /** As replica: what the owner told. */
  #watermark: Watermark | undefined;
  #isPaused = false;

  constructor(options: TinyRegionOptions) {
    this.#options = options;
    const { link, disk, written, clock, random, regions } = options;
    this.#log = memoryLog(disk, written);
    this.#copies = memoryCopies(disk, written);
    const acceptor = memoryAcceptor(disk.acceptor, written);
    serveAcceptor(link, acceptor);
    const sound = linkSteps({
      shard: SHARD,
      link,
      copies: this.#copies,
      ownLog: this.#log,
      timeoutMs: TIMEOUT_MS,
      fenceOwn: (epoch) => this.#fenceOwn(epoch),
    });
    this.#steps = options.breakSteps?.(sound) ?? sound;
    serveHold(link, () => this.#steps);
    this.#serve();
    this.ownership = new ShardOwnership({
      shard: SHARD,
      self: link.self,
      home: regions[0] ?? link.self,
      regions,
      link,
      register: new Register({ shard: SHARD, regions, link, acceptor, clock, random, timeoutMs: TIMEOUT_MS }),
      clock,
      random,
      leaseMs: LEASE_MS,
      lookMs: 20,
      timeoutMs: TIMEOUT_MS,
      steps: {
        ...this.#steps,
        foldThrough: async (record, position) => foldLineage(record, (owner) => this.#logOf(owner), position),
        mintBranch: () => branchName(link.self, ++disk.branches),
        startBranch: async (started) => {
          const result = await this.#log.append(encode({ kind: "BranchStarted", ...started }));
          return result.ok ? result.position : undefined;
        },
        epochEnd: () => this.#epochEnd(),
      },
      resignation: {
        pauseIntake: async () => {
          this.#isPaused = true;
        },
        resumeIntake: () => {
          this.#isPaused = false;
        },
        appendEpochEnded: (_, successor) =>
          this.#log.append(
            encode({ kind: "EpochEnded", branch: this.#span?.branch ?? ("" as BranchId), successor }),
          ),
      },
      mayTry: () => true,
      onFailure: (error) => {
        throw error;
      },
      reign: () => ({ finalSeq: this.#finality()?.seq ?? 0, isEnded: this.#epochEnd() !== undefined }),
      isFollowing: (epoch) => this.#span?.epoch === epoch,
      onRecord: () => undefined,
      onSure: () => undefined,
      onUnsure: () => undefined,
    });
  }

  start(): void {
    this.ownership.start();
    this.#work();
    void this.#follow();
  }

  /** Everything that the newest record asks for is here. */
  canFold(): boolean {
    const { record } = this.ownership;
    return record !== undefined && foldLineage(record, (owner) => this.#logOf(owner), 0) !== undefined;
  }

  /** As owner: commands and ticks; else now and then a command of someone who knows no better. */
  #work(): void {
    const { clock, random, nextId } = this.#options;
    clock.schedule(25, () => this.#work());
    const branch = this.#span?.branch;
    if (branch === undefined || this.#isPaused) return;
    if (this.ownership.isOwner || random.below(20) === 0)
      void this.#log.append(encode({ kind: "Command", id: nextId(), branch })).then(() => this.#finality());
  }

  async #follow(): Promise<void> {
    const { clock, link } = this.#options;
    const span = this.#span;
    if (span !== undefined && span.owner !== link.self && this.#copies.fencedEpoch(SHARD) < span.epoch) {
      const held = this.#copies.lastPosition(SHARD, span.owner);
      const result = await link.request(
        span.owner,
        "log.read",
        { shard: SHARD, after: held, limit: 50, waitMs: 0, epoch: span.epoch, held, digests: [] },
        TIMEOUT_MS,
      );
      if (result.ok && this.#copies.fencedEpoch(SHARD) < span.epoch) {
        if (result.answer.watermark?.epoch === span.epoch) this.#watermark = result.answer.watermark;
        await this.#copies.append(SHARD, span.owner, result.answer.records);
      }
      if (!this.canFold())
        for (const { owner } of this.ownership.record?.lineage ?? [])
          if (owner !== link.self && owner !== span.owner)
            await this.#steps.copyThrough(span.owner, owner, this.#copies.lastPosition(SHARD, owner) + 50);
    }
    clock.schedule(15, () => void this.#follow());
  }

  #serve(): void {
    const { link } = this.#options;
    link.serve("log.read", async (from, { after, limit, epoch, held }) => {
      if (epoch === this.#span?.epoch && this.ownership.isOwner) {
        if (this.#reports.epoch !== epoch) this.#reports = { epoch, held: new Map() };
        this.#reports.held.set(from, Math.max(held, this.#reports.held.get(from) ?? 0));
      }
      return {
        records: await this.#log.read(after, limit),
        last: this.#log.lastPosition(),
        watermark: this.#finality(),
      };
    });
    link.serve("replica.fence", async (_, { epoch }) => ({ held: await this.#fenceOwn(epoch) }));
    link.serve("replica.read", async (_, { origin, after, limit }) => ({
      records: await (origin === link.self
        ? this.#log.read(after, limit)
        : this.#copies.read(SHARD, origin, after, limit)),
    }));
    link.serve("ownership.promote", async (_, { epoch }) => ({ ok: this.ownership.isReadyToSucceed(epoch) }));
  }

  async #fenceOwn(epoch: number) {
    await this.#copies.fence(SHARD, epoch);
    return this.#options.regions.map((origin) => ({ origin, position: this.#steps.held(origin) }));
  }

  /** As owner: what a majority of Regions holds of the span. */
  #finality(): Watermark | undefined {
    const { link, regions, onFinal } = this.#options;
    const span = this.#span;
    if (span === undefined || span.owner !== link.self) return undefined;
    const isFenced = this.#copies.fencedEpoch(SHARD) >= span.epoch;
    const reported = this.#reports.epoch === span.epoch ? this.#reports.held : new Map<RegionId, number>();
    const positions = regions.map((region) =>
      region === link.self ? (isFenced ? 0 : this.#log.lastPosition()) : (reported.get(region) ?? 0),
    );
    const held = positions.toSorted((a, b) => b - a)[majorityOf(regions.length) - 1] ?? 0;
    // What an owner that was started again appends behind the end of its reign counts for nothing, as in production.
    const position = Math.min(held, endOf(this.#logOf(link.self), span.branch));
    if (position > span.start) onFinal(span, position);
    const records = this.#logOf(link.self).filter(
      (one) => one.position > span.start && one.position <= position,
    );
    return { epoch: span.epoch, branch: span.branch, seq: (span.parentSeq + records.length) as Seq };
  }

  #epochEnd() {
    const { record } = this.ownership;
    if (record === undefined) return undefined;
    const { epoch, owner, branch } = currentSpan(record);
    const state = foldLineage(record, (origin) => this.#logOf(origin), this.#steps.held(owner));
    if (state?.endedFor === undefined || state.branch !== branch) return undefined;
    const watermark = this.ownership.isOwner ? undefined : this.#watermark;
    const isFinal = watermark?.epoch === epoch && watermark.seq >= state.seq;
    return { epoch, branch, successor: state.endedFor, seq: state.seq, digest: state.digest, isFinal };
  }

  #logOf(owner: RegionId): readonly LogRecord[] {
    const { link, disk } = this.#options;
    return owner === link.self ? disk.own : (disk.copies.get(owner) ?? []);
  }

  get #span(): LineageSpan | undefined {
    return this.ownership.record?.lineage.at(-1);
  }
}
