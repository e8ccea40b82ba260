import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { ownRecord } from "#services/matching/own-record.ts";
import type { Command } from "#shared/domain/command.ts";
import { branchOfRecord } from "#shared/domain/encoding/command-encoding.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog, LogRecord } from "#shared/ports/command-log.ts";
import type { Random } from "#shared/ports/random.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { CanonicalSide } from "./canonical-side.ts";
import { foldFork } from "./fold-fork.ts";
import { forkCommands } from "./fork-commands.ts";
import { forwardable } from "./forwardable.ts";
import { noteAll } from "./note-all.ts";
import { type EndedReign, OwnLog } from "./own-log.ts";
import { replayFork } from "./replay-fork.ts";

export interface ReconcilerDependencies {
  readonly shard: ShardId;
  readonly self: RegionId;
  /** The Region's own log of the shard. */
  readonly log: CommandLog;
  readonly side: CanonicalSide;
  readonly store: ReconciliationStore;
  readonly clock: Clock;
  readonly random: Random;
  /** How often it looks whether there is something to do, ms. */
  readonly lookMs: number;
  /** How many commands of a fork are on their way at a time (64). */
  readonly replayWindow?: number | undefined;
  /** A programmer error, or a store that takes no more: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
}

const BATCH = 1000;
const FORWARD_BATCH = 100;

/**
 * Brings what a Region's own log holds outside the lineage into the lineage: seals tails, replays forks in the order of the log, forwards what came too late for either. It
 * keeps nothing but a bookmark; the log, the register and the canonical fold say where it stands, so it may die at any moment and begin again.
 */
export class Reconciler {
  readonly #dependencies: ReconcilerDependencies;
  readonly #own: OwnLog;
  /** Records that may have to be forwarded: behind the bookmark, of a branch that could have ended before them. */
  #forwarded: number;
  #settledEpoch = 0;
  /** Forks that this process sealed: the log may not have shown it yet. */
  readonly #sealed = new Set<BranchId>();
  #isStopped = false;
  /** Ends the wait for the next look. */
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(dependencies: ReconcilerDependencies) {
    this.#dependencies = dependencies;
    const bookmark = dependencies.store.bookmark(dependencies.shard);
    this.#own = new OwnLog(bookmark);
    this.#forwarded = bookmark;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake?.();
    await this.#running;
  }

  /** True while a fork of the Region is open, or not yet replayed to its end: then no second one is opened. */
  hasUnreconciled(): boolean {
    return this.#own
      .openedForks()
      .some(({ branch }) => this.#dependencies.side.forkState(branch)?.ended !== true);
  }

  /**
   * The epoch of the lineage to which the last look had nothing left to bring: every tail and fork of the Region's own log is replayed to its end, which is final, and what came late is sent on. 0 where
   * something is left.
   */
  get settledEpoch(): number {
    return this.#settledEpoch;
  }

  /** True while a fork that the Region opened is sealed, and the end of its replay not final yet. */
  isReconciling(): boolean {
    return this.#own
      .openedForks()
      .some(({ branch, seal }) => seal !== undefined && !this.#settled.has(branch));
  }

  /** Ends a fork: what its log takes for it from here on is forwarded, not replayed. False when the log did not take the seal, or may not have. */
  async seal(fork: BranchId): Promise<boolean> {
    const isSealed = await this.#append(fork, { kind: "ForkSealed", fork });
    if (isSealed) this.#sealed.add(fork);
    return isSealed;
  }

  /**
   * Seals a fork that the log shows open and the Region is not in: its first record was not known to be there, so nobody went into it, and while it is open nothing of the log is reconciled.
   */
  async sealStray(entered: BranchId | undefined): Promise<void> {
    const stray = this.#own
      .openedForks()
      .find(({ branch, seal }) => seal === undefined && branch !== entered && !this.#sealed.has(branch));
    if (stray !== undefined) await this.seal(stray.branch);
  }

  async #run(): Promise<void> {
    const { clock, lookMs, onFailure } = this.#dependencies;
    while (!this.#isStopped) {
      try {
        await this.#look();
      } catch (error) {
        onFailure(error);
        return;
      }
      if (this.#isStopped) return;
      await new Promise<void>((resolve) => {
        const timer = clock.schedule(lookMs, resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
  }

  async #look(): Promise<void> {
    const known = this.#dependencies.side.lineage();
    if (known !== undefined && this.#isSettledOf(known)) return;
    await this.#readOwnLog();
    const lineage = this.#dependencies.side.lineage();
    if (lineage === undefined) return;
    const reigns = await this.#endedReigns(lineage);
    await this.#sealTails(reigns);
    const areDone = await this.#replayAll(lineage, reigns);
    await this.#forward(lineage, reigns);
    const areForwarded = this.#forwarded >= this.#own.last;
    this.#settledEpoch = areDone && areForwarded ? (lineage.at(-1)?.epoch ?? 0) : 0;
    if (areDone) await this.#moveBookmark(lineage);
  }

  /**
   * The last look left nothing to bring, and neither the lineage nor the own log has gone on since: so nothing is done, as in most looks of a Region that owns the shard no longer or never did. The ends
   * of replays were final then, so that no fold goes back behind one for good.
   */
  #isSettledOf(lineage: readonly LineageSpan[]): boolean {
    const epoch = lineage.at(-1)?.epoch ?? 0;
    // Not by what was noted of the log: a look without a majority notes it too, and does nothing with it.
    const last = this.#dependencies.log.lastPosition();
    return epoch > 0 && epoch === this.#settledEpoch && this.#forwarded >= last;
  }

  #readOwnLog(): Promise<void> {
    return noteAll(this.#own, this.#dependencies.log);
  }

  /** This Region's reigns that were cut and reach beyond the bookmark. */
  async #endedReigns(lineage: readonly LineageSpan[]): Promise<EndedReign[]> {
    const { self, store, shard } = this.#dependencies;
    const bookmark = store.bookmark(shard);
    const ended: EndedReign[] = [];
    for (const [at, span] of lineage.entries()) {
      const next = lineage[at + 1];
      if (span.owner !== self || next === undefined) continue;
      // A later reign of its own begins behind all that is canonical of this one. If the bookmark is there, nobody needs to know where exactly it was cut, which takes reading all of it.
      const later = lineage.slice(at + 1).find(({ owner }) => owner === self)?.start;
      const isSettled = later !== undefined && later < bookmark;
      const cut = isSettled ? later : await this.#positionOf(span.start, next.parentSeq - span.parentSeq);
      ended.push({ branch: span.branch, start: span.start, cut });
    }
    return ended;
  }

  readonly #positions = new Map<string, number>();

  /** The position of the n-th record behind a position: each takes one seq. */
  async #positionOf(start: number, n: number): Promise<number> {
    const key = `${start} ${n}`;
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    let position = start;
    for (let left = n; left > 0; ) {
      const records = await this.#dependencies.log.read(position, Math.min(left, BATCH));
      const last = records.at(-1);
      if (last === undefined) break;
      position = last.position;
      left -= records.length;
    }
    this.#positions.set(key, position);
    return position;
  }

  async #sealTails(reigns: readonly EndedReign[]): Promise<void> {
    const { store, shard } = this.#dependencies;
    for (const reign of reigns) {
      const isOld = reign.cut < store.bookmark(shard);
      if (isOld || this.#own.wasHandedOver(reign) || this.#own.sealOf(reign.branch) !== undefined) continue;
      if (await this.seal(reign.branch)) await this.#readOwnLog();
    }
  }

  /** The fold had seen the end of these replays when it stood here. */
  readonly #endSeen = new Map<BranchId, number>();
  /** The end of their replay is final: nothing takes that back. */
  readonly #settled = new Set<BranchId>();
  /** Tails of which nothing took effect, by branch and cut: the log is what it is, so they need not be folded again. */
  readonly #emptyTails = new Set<string>();

  /** True when every fork of the own log is sealed, replayed to its end and final. */
  async #replayAll(lineage: readonly LineageSpan[], reigns: readonly EndedReign[]): Promise<boolean> {
    const { side } = this.#dependencies;
    const forks = this.#forksOf(lineage, reigns);
    for (const fork of forks) {
      const state = side.forkState(fork.branch);
      if (state?.ended === true || this.#emptyTails.has(nameOf(fork))) continue;
      this.#endSeen.delete(fork.branch);
      // One after the other: a fork that hangs on another's tail comes behind it.
      if (fork.seal === undefined || state === undefined || !(await this.#replay(fork))) return false;
    }
    // All of them at one moment: while one was replayed, the fold may have gone back behind the end of another.
    return forks.every((fork) => this.#emptyTails.has(nameOf(fork)) || this.#isFinal(fork.branch));
  }

  /** The fold has the end of its replay, at a place that stays. */
  #isFinal(fork: BranchId): boolean {
    const { side } = this.#dependencies;
    if (side.forkState(fork)?.ended !== true) {
      this.#endSeen.delete(fork);
      return false;
    }
    const seen = this.#endSeen.get(fork) ?? side.foldedSeq();
    this.#endSeen.set(fork, seen);
    const isFinal = seen <= side.finalSeq();
    if (isFinal) this.#settled.add(fork);
    return isFinal;
  }

  /** Tails and opened forks, in the order of the log. */
  #forksOf(lineage: readonly LineageSpan[], reigns: readonly EndedReign[]): Fork[] {
    const bookmark = this.#dependencies.store.bookmark(this.#dependencies.shard);
    const tails = reigns
      .filter((reign) => reign.cut >= bookmark && !this.#own.wasHandedOver(reign))
      .map(({ branch, cut }): Fork => {
        const at = lineage.findIndex((span) => span.branch === branch);
        const parentSeq = lineage[at + 1]?.parentSeq ?? (0 as Seq);
        return {
          branch,
          parent: branch,
          parentSeq,
          start: cut,
          seal: this.#own.sealOf(branch),
          isTail: true,
        };
      });
    const opened = this.#own.openedForks().map((fork): Fork => ({ ...fork, isTail: false }));
    return [...tails, ...opened].sort((a, b) => a.start - b.start);
  }

  async #replay(fork: Fork): Promise<boolean> {
    const { shard, side, clock, log, replayWindow } = this.#dependencies;
    const engine = await side.engineAt(fork.parent, fork.parentSeq);
    const records = await readBetween(log, fork.start, fork.seal ?? fork.start);
    const folded = foldFork(
      engine,
      fork.branch,
      records.map(({ bytes }) => bytes),
    );
    // Nothing beyond the cut took effect: there is nothing to tell anybody.
    if (fork.isTail && folded.entries.length === 0) {
      this.#emptyTails.add(nameOf(fork));
      return true;
    }
    return replayFork(shard, forkCommands(folded), side, clock, () => this.#isStopped, replayWindow);
  }

  /** Sends on what no fold took: with the same id, so a command that the client sent again by itself takes effect once. */
  async #forward(lineage: readonly LineageSpan[], reigns: readonly EndedReign[]): Promise<void> {
    const { log, side, self } = this.#dependencies;
    const last = lineage.at(-1);
    const current = last?.owner === self ? last : undefined;
    while (this.#forwarded < this.#own.last) {
      const records = await log.read(this.#forwarded, FORWARD_BATCH);
      const late = records.flatMap(({ position, bytes }) => {
        const record = position > this.#own.last ? undefined : branchOfRecord(bytes);
        if (record === undefined) return [];
        if (this.#own.fateOf(position, record.branch, reigns, current) !== "late") return [];
        const envelope = decodeOrNull(bytes);
        return envelope !== null && forwardable(envelope) ? [envelope] : [];
      });
      if (late.length > 0 && !(await side.append(late))) return;
      this.#forwarded = Math.min(records.at(-1)?.position ?? this.#own.last, this.#own.last);
    }
  }

  /** Behind everything that is settled; a reign that goes on, or that may yet begin, is looked at again from its beginning, for it may be cut there. */
  async #moveBookmark(lineage: readonly LineageSpan[]): Promise<void> {
    const { store, shard, self } = this.#dependencies;
    const last = lineage.at(-1);
    const open = last?.owner === self ? last.start : this.#own.last;
    const begun = this.#own.firstBegunAfter(last?.epoch ?? 0);
    const bookmark = Math.min(open, begun, this.#forwarded);
    if (bookmark > store.bookmark(shard)) await store.setBookmark(shard, bookmark);
  }

  async #append(branch: BranchId, command: Command): Promise<boolean> {
    const { log, random } = this.#dependencies;
    return (await log.append(ownRecord(random, branch, command))).ok;
  }
}

interface Fork {
  readonly branch: BranchId;
  readonly parent: BranchId;
  readonly parentSeq: Seq;
  readonly start: number;
  readonly seal: number | undefined;
  readonly isTail: boolean;
}

function nameOf({ branch, start }: Fork): string {
  return `${branch} ${start}`;
}

async function readBetween(log: CommandLog, after: number, through: number): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for (let position = after; position < through; ) {
    const records = await log.read(position, BATCH);
    const last = records.at(-1);
    if (last === undefined) break;
    all.push(...records.filter((record) => record.position <= through));
    position = last.position;
  }
  return all;
}
