import { currentSpan, withSpan } from "#services/ownership/lineage.ts";
import { Register } from "#services/ownership/register.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { BranchId, CommandId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { type OwnershipRecord, ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { appendBranchStart } from "./branch-start.ts";
import type { Ownership } from "./ownership.ts";
import type { ShardNode } from "./shard-node.ts";
import { takeOver } from "./take-over.ts";
import type { Timing } from "./timing.ts";

export interface OwnershipDependencies {
  readonly shard: ShardId;
  /** Begins the first reign. */
  readonly home: RegionId;
  readonly regions: readonly RegionId[];
  readonly node: ShardNode;
  readonly link: RegionLink;
  readonly acceptor: Acceptor;
  readonly copies: LogCopies;
  /** The Region's own log of the shard. */
  readonly log: CommandLog;
  readonly mintBranch: () => BranchId;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: Timing;
  readonly onFailure: (error: unknown) => void;
}

/** An owner trusts its lease a little less long than the others wait. */
const SURE_SHARE = 0.8;
/** Others wait longer than the lease, and by chance longer still, so that they do not all try at once. */
const EXPIRY_FACTOR = 1.5;
/** So often in a lease the register is looked at or the lease renewed. */
const LOOKS_PER_LEASE = 6;
/** How long a planned move may take at each of its steps. */
const MOVE_STEP_MS = 5000;
const MOVE_LOOK_MS = 10;

export function keepOwnership(dependencies: OwnershipDependencies): Ownership {
  return new OwnershipKeeper(dependencies);
}

/**
 * Watches the register of one shard for its Region: as owner renews the lease, otherwise waits for the owner to fall silent, and then tries to take over. Leases only decide who tries; what is canonical is decided by
 * the register and by cuts (architecture, section 5).
 */
class OwnershipKeeper implements Ownership {
  readonly #dependencies: OwnershipDependencies;
  readonly #register: Register;
  #sureUntil = Number.NEGATIVE_INFINITY;
  #advancedAt: number;
  /** The renewal that was seen last, since when, and how long to wait for the next. */
  #seenRenewal = -1;
  #seenAt: number;
  #patienceMs = 0;
  /** The first record of the shard's first reign, until the register has it. */
  #first: { readonly branch: BranchId; readonly start: number } | undefined;
  #isMoving = false;
  #isStopped = false;
  #running: Promise<void> | undefined;

  constructor(dependencies: OwnershipDependencies) {
    const { clock, node, timing } = dependencies;
    this.#dependencies = dependencies;
    this.#register = new Register({ ...dependencies, timeoutMs: timing.linkTimeoutMs });
    this.#advancedAt = clock.monotonic();
    this.#seenAt = clock.monotonic();
    node.watermark.onAdvance(() => {
      this.#advancedAt = clock.monotonic();
    });
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  record(): OwnershipRecord | undefined {
    return this.#dependencies.node.record;
  }

  isSure(): boolean {
    return this.#isOwner && this.#dependencies.clock.monotonic() < this.#sureUntil;
  }

  registerSilenceMs(): number {
    return this.#register.silenceMs();
  }

  get #isOwner(): boolean {
    const { node, link } = this.#dependencies;
    return node.record !== undefined && currentSpan(node.record).owner === link.self;
  }

  async #run(): Promise<void> {
    const { clock, timing, onFailure } = this.#dependencies;
    while (!this.#isStopped) {
      try {
        await this.#look();
      } catch (error) {
        onFailure(error);
        return;
      }
      await new Promise<void>((resolve) => clock.schedule(timing.leaseMs / LOOKS_PER_LEASE, resolve));
    }
  }

  async #look(): Promise<void> {
    if (this.#isMoving) return;
    if (this.#isOwner && this.#mayRenew()) {
      await this.#renew();
      return;
    }
    const read = await this.#register.read();
    if (!read.ok) return;
    if (read.record === undefined) await this.#begin();
    else if (await this.#hasExpired(read.record)) await this.#takeOver(read.record);
  }

  /** An owner that cannot make anything final any more leaves the shard to those who can. */
  #mayRenew(): boolean {
    const { clock, timing, node } = this.#dependencies;
    if (node.matching.ended) return false;
    const isAllFinal = node.watermark.finalSeq >= node.lastCanonicalSeq;
    return isAllFinal || clock.monotonic() - this.#advancedAt < timing.leaseMs;
  }

  async #renew(): Promise<void> {
    const { clock, link } = this.#dependencies;
    // From before it was sent: whatever happens on the way, nobody else counts from earlier.
    const sentAt = clock.monotonic();
    const epoch = this.#epoch;
    const result = await this.#register.change((record) => {
      if (record === undefined) return undefined;
      const { owner, epoch: current } = currentSpan(record);
      return owner === link.self && current === epoch
        ? { ...record, renewal: record.renewal + 1 }
        : undefined;
    });
    if (result.ok && result.record !== undefined)
      await this.#learned(result.record, result.changed ? sentAt : undefined);
  }

  get #epoch(): number {
    const { record } = this.#dependencies.node;
    return record === undefined ? 0 : currentSpan(record).epoch;
  }

  /** What a majority holds. As owner the lease counts from when its change was sent. */
  async #learned(record: OwnershipRecord, sentAt: number | undefined): Promise<void> {
    const { node, timing, link, clock, random } = this.#dependencies;
    if (record.renewal !== this.#seenRenewal) {
      this.#seenRenewal = record.renewal;
      this.#seenAt = clock.monotonic();
      this.#patienceMs = timing.leaseMs * EXPIRY_FACTOR + random.below(Math.ceil(timing.leaseMs / 2));
    }
    if (currentSpan(record).owner !== link.self) this.#sureUntil = Number.NEGATIVE_INFINITY;
    else if (sentAt !== undefined) this.#sureUntil = sentAt + timing.leaseMs * SURE_SHARE;
    await node.learn(record);
  }

  async #hasExpired(record: OwnershipRecord): Promise<boolean> {
    await this.#learned(record, undefined);
    return this.#dependencies.clock.monotonic() - this.#seenAt > this.#patienceMs;
  }

  /** The first reign of all is the home Region's. */
  async #begin(): Promise<void> {
    const { home, link, log, random, mintBranch, timing, clock, shard } = this.#dependencies;
    if (home !== link.self) return;
    if (this.#first === undefined) {
      const branch = mintBranch();
      const root = { parent: ROOT_BRANCH, parentSeq: 0 as Seq, epoch: 1, provisional: false };
      const start = await appendBranchStart(log, random, { branch, ...root });
      if (start === undefined) return;
      this.#first = { branch, start };
    }
    const span = { ...this.#first, epoch: 1, owner: link.self, parentSeq: 0 as Seq, cutDigest: "" };
    const sentAt = clock.monotonic();
    const result = await this.#register.change((record) =>
      record === undefined ? { shard, lineage: [span], leaseMs: timing.leaseMs, renewal: 1 } : undefined,
    );
    if (result.ok && result.record !== undefined)
      await this.#learned(result.record, result.changed ? sentAt : undefined);
  }

  async #takeOver(record: OwnershipRecord): Promise<void> {
    // Whether it comes to something or not, the next attempt waits again.
    this.#seenAt = this.#dependencies.clock.monotonic();
    const span = await takeOver(record, this.#dependencies, () => this.#isStopped);
    if (span !== undefined) await this.#install(record, span);
  }

  async #install(record: OwnershipRecord, span: Parameters<typeof withSpan>[1]): Promise<boolean> {
    const { clock, timing } = this.#dependencies;
    const { epoch } = currentSpan(record);
    const sentAt = clock.monotonic();
    const result = await this.#register.change((now) =>
      now !== undefined && currentSpan(now).epoch === epoch ? withSpan(now, span, timing.leaseMs) : undefined,
    );
    if (!result.ok || result.record === undefined) return false;
    this.#advancedAt = clock.monotonic();
    await this.#learned(result.record, result.changed ? sentAt : undefined);
    return currentSpan(result.record).branch === span.branch;
  }

  async promote(to: RegionId): Promise<boolean> {
    const { node, link, log, random, shard } = this.#dependencies;
    const { record } = node;
    if (record === undefined || !this.isSure() || to === link.self || this.#isMoving || node.hasOpenFork)
      return false;
    const { epoch, branch } = currentSpan(record);
    this.#isMoving = true;
    try {
      const commandId = Buffer.from(random.bytes(16)).toString("hex") as CommandId;
      const command = { kind: "EpochEnded", epoch, successor: to } as const;
      if (!(await log.append(encodeCommand({ commandId, branch, validUntil: 0, command }))).ok) return false;
      const isEnded = await this.#until(
        () => node.matching.ended && node.watermark.finalSeq >= node.matching.seq,
      );
      if (!isEnded) return false;
      const reply = await link.request(to, "ownership.promote", { shard, epoch }, MOVE_STEP_MS);
      const read = await this.#register.read();
      if (read.ok && read.record !== undefined) await this.#learned(read.record, undefined);
      return reply.ok && reply.answer.ok;
    } finally {
      this.#isMoving = false;
    }
  }

  /** The other side of a planned move: takes over right behind the end that the owner wrote. */
  async succeed(epoch: number): Promise<boolean> {
    const { node, log, random, mintBranch, link } = this.#dependencies;
    const read = await this.#register.read();
    if (!read.ok || read.record === undefined) return false;
    const span = currentSpan(read.record);
    if (span.owner === link.self && span.epoch === epoch + 1) return true;
    if (span.epoch !== epoch) return false;
    await this.#learned(read.record, undefined);
    const hasEnded = await this.#until(
      () => node.matching.ended && node.matching.place.branch === span.branch,
    );
    if (!hasEnded) return false;
    const { seq: parentSeq } = node.matching.place;
    const cutDigest = node.matching.digest();
    const branch = mintBranch();
    const begins = { branch, parent: span.branch, parentSeq, epoch: epoch + 1, provisional: false };
    const start = await appendBranchStart(log, random, begins);
    if (start === undefined) return false;
    return this.#install(read.record, {
      epoch: epoch + 1,
      branch,
      owner: link.self,
      parentSeq,
      start,
      cutDigest,
    });
  }

  async #until(condition: () => boolean): Promise<boolean> {
    const { clock } = this.#dependencies;
    const deadline = clock.monotonic() + MOVE_STEP_MS;
    while (!condition()) {
      if (this.#isStopped || clock.monotonic() > deadline) return false;
      await new Promise<void>((resolve) => clock.schedule(MOVE_LOOK_MS, resolve));
    }
    return true;
  }
}
