import type { RouteState, ShardRoute } from "#services/gateway/intake/shard-route.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import type { Matching } from "#services/matching/matching.ts";
import type { ShardOwnership } from "#services/ownership/shard-ownership.ts";
import type { Cut, EpochEnd, TakeoverSteps } from "#services/ownership/takeover-steps.ts";
import type { CanonicalCommand, CanonicalSide } from "#services/reconciliation/canonical-side.ts";
import { Reconciler } from "#services/reconciliation/reconciler.ts";
import type { DigestExchange } from "#services/replication/digest-exchange.ts";
import { Follower } from "#services/replication/follower.ts";
import type { Tape, TapeSources } from "#services/replication/tape.ts";
import type { FinalityWatermark } from "#services/replication/watermark.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { ForkSpan, LineageSpan, OwnershipRecord } from "#shared/domain/lineage.ts";
import { isSameData } from "#shared/domain/same-data.ts";
import type { Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { appendCanonical } from "./append-canonical.ts";
import { cutAt, foldTo } from "./fold-to.ts";
import { mayFork } from "./may-fork.ts";
import type { NodeOwnership, OwnedShard } from "./node-ownership.ts";
import type { OpenedShard, ShardNodeDependencies } from "./open-shard.ts";
import { decide, type Sight, type Standing } from "./standing.ts";
import { joinedLineage, wholeLineage } from "./whole-lineage.ts";
import { writeFork } from "./write-fork.ts";

/**
 * One shard in one Region: what it folds, whom it follows, whether it owns it, and what becomes of its forks. Every Region has the same parts for every shard; the register's record says which of them
 * have something to do.
 */
export class ShardNode implements CanonicalSide, OwnedShard {
  readonly tape: Tape;
  readonly watermark: FinalityWatermark;
  readonly digests: DigestExchange;
  readonly matching: Matching;
  readonly follower: Follower;
  readonly reconciler: Reconciler;
  readonly route: ShardRoute;
  readonly #dependencies: ShardNodeDependencies;
  readonly #listeners = new Set<() => void>();
  readonly #owning: NodeOwnership;
  #isPaused = false;
  #standing: Standing = "unsure";
  #fork: ForkSpan | undefined;
  #record: OwnershipRecord | undefined;
  readonly #openedAt: number;
  #contactSince: number;
  #timer: Timer | undefined;
  #isBusy = false;
  #isStopped = false;
  #shown: { readonly route: RouteState; readonly isProvisional: boolean } | undefined;
  /** The reign for which the definitions were brought up to the configuration. */
  #definedFor: BranchId | undefined;

  constructor(
    dependencies: ShardNodeDependencies,
    opened: OpenedShard,
    createOwnership: (node: ShardNode) => NodeOwnership,
  ) {
    const { shard, link, stores, clock, random, onFailure, reconciliations: store } = dependencies;
    const { tape, watermark, digests, matching } = opened;
    this.#dependencies = dependencies;
    this.tape = tape;
    this.watermark = watermark;
    this.digests = digests;
    this.matching = matching;
    this.#record = opened.record;
    this.#fork = opened.fork;
    this.#openedAt = clock.monotonic();
    this.#contactSince = this.#openedAt;
    this.follower = new Follower({
      ...dependencies,
      tape,
      watermark,
      digests,
      place: () => matching.place,
    });
    const { log } = stores;
    this.reconciler = new Reconciler({
      shard,
      self: link.self,
      log,
      side: this,
      store,
      clock,
      random,
      // Nothing that it does is urgent.
      lookMs: 2 * dependencies.timing.lookMs,
      replayWindow: dependencies.replayWindow,
      onFailure,
    });
    this.route = {
      shard,
      state: () => this.#routeState(),
      onChange: (listener) => this.#onChange(listener),
    };
    this.#owning = createOwnership(this);
  }

  /** From now on it follows, folds, publishes and, if it comes to that, owns. */
  start(): void {
    this.matching.run();
    this.follower.start();
    this.#owning.ownership.start();
    this.reconciler.start();
    this.#tick();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#owning.ownership.stop();
    await this.reconciler.stop();
    await this.follower.stop();
    await this.matching.stop();
  }

  get shard(): ShardId {
    return this.#dependencies.shard;
  }

  get standing(): Standing {
    return this.#standing;
  }

  get record(): OwnershipRecord | undefined {
    return this.#record;
  }

  /** Ms since the owner's log answered; 0 as owner. */
  get ownerSilenceMs(): number {
    return this.#isOwner ? 0 : this.#dependencies.clock.monotonic() - this.follower.lastHeard;
  }

  /** What happens at the end of the tape now may still be undone. */
  get isProvisional(): boolean {
    return this.#fork !== undefined || (this.#isOwner && !this.#owning.ownership.isSure());
  }

  /**
   * While this Region owns the shard and cannot be sure of it, in no fork: the last seq that stays. Everything behind it may be cut (architecture, section 5, "Leases"). A Region that has no others
   * is always sure.
   */
  get unsureAfter(): Seq | undefined {
    const isUnsure = this.#fork === undefined && this.isProvisional && this.#dependencies.regions.length > 1;
    return isUnsure ? this.watermark.finalSeq : undefined;
  }

  /** This Region's part in who owns the shard. */
  get ownership(): ShardOwnership {
    return this.#owning.ownership;
  }

  /** What a takeover of this shard asks of this Region. */
  get steps(): TakeoverSteps {
    return this.#owning.steps;
  }

  // What the ownership asks.

  get hasOpenFork(): boolean {
    return this.#fork !== undefined;
  }

  isFollowing(epoch: number): boolean {
    const current = this.#current;
    const isNear = this.ownerSilenceMs < this.#dependencies.timing.contactMs;
    return isNear && current?.epoch === epoch && this.matching.place.branch === current.branch;
  }

  async cutAt({ lineage }: OwnershipRecord, position: number): Promise<Cut | undefined> {
    const whole = joinedLineage(this.#record?.lineage ?? [], lineage);
    if (whole === undefined) return undefined;
    return cutAt(this.#sources, this.#dependencies.stores.snapshots, whole, position);
  }

  epochEnd(): EpochEnd | undefined {
    const { matching } = this;
    const { place, lastEnd } = matching;
    const current = this.#current;
    if (!matching.ended || lastEnd === undefined || lastEnd.successor === "") return undefined;
    if (place.branch !== current?.branch) return undefined;
    const { seq, successor } = lastEnd;
    const isFinal = this.watermark.finalSeq >= seq;
    // What the register keeps of a cut is told apart by branch and seq; the digest is for people.
    return { epoch: current.epoch, successor, branch: place.branch, seq, digest: "", isFinal };
  }

  /**
   * The register's record as a majority holds it: from now on this is followed, with the reigns before that it has dropped. Durable before anything is done on its account. Where such reigns are missing and
   * nobody tells them, it is not followed yet; the next renewal brings it again.
   */
  async learn(ofRegister: OwnershipRecord): Promise<void> {
    const isOlder = () => this.#record !== undefined && ofRegister.renewal <= this.#record.renewal;
    if (isOlder()) return;
    const { timing } = this.#dependencies;
    const sources = { ...this.#dependencies, timeoutMs: timing.linkTimeoutMs };
    const known = this.#record?.lineage ?? [];
    const lineage =
      joinedLineage(known, ofRegister.lineage) ?? (await wholeLineage(sources, known, ofRegister.lineage));
    if (lineage === undefined || isOlder()) return;
    const record = { ...ofRegister, lineage };
    const isNew = !isSameData(record.lineage, this.#record?.lineage);
    if (isNew) await this.#dependencies.known.remember(record);
    if (isOlder()) return;
    this.#record = record;
    if (isNew) this.#replan();
  }

  pauseIntake(): void {
    this.#isPaused = true;
    this.#tellRoute();
  }

  resumeIntake(): void {
    this.#isPaused = false;
    this.#tellRoute();
  }

  lookAgain(): void {
    this.#standing = decide(this.#sight(), this.#dependencies.timing).standing;
    this.#tellRoute();
  }

  // What reconciliation asks.

  lineage(): readonly LineageSpan[] | undefined {
    const { contactMs } = this.#dependencies.timing;
    return this.#owning.register.silenceMs() < contactMs ? this.#record?.lineage : undefined;
  }

  forkState(fork: BranchId) {
    const isOnLineage = this.#fork === undefined && this.matching.place.branch === this.#current?.branch;
    return isOnLineage ? this.matching.fork(fork) : undefined;
  }

  foldedSeq(): number {
    return this.matching.seq;
  }

  finalSeq(): number {
    return this.watermark.finalSeq;
  }

  async engineAt(branch: BranchId, seq: Seq) {
    const lineage = this.#record?.lineage ?? [];
    const at = lineage.findIndex((span) => span.branch === branch);
    const fold = await foldTo(
      this.#sources,
      this.#dependencies.stores.snapshots,
      lineage.slice(0, at + 1),
      seq,
    );
    assert(fold !== undefined, `this Region holds what ${branch} was at seq ${seq}, where it left it`);
    return fold.engine;
  }

  append(commands: readonly CanonicalCommand[]): Promise<boolean> {
    const { stores, timing } = this.#dependencies;
    const way = { ...this.#dependencies, log: stores.log, timeoutMs: timing.linkTimeoutMs };
    return appendCanonical(way, this.#routeState(), commands);
  }

  get #sources(): TapeSources {
    const { stores, copies, link, shard } = this.#dependencies;
    return { shard, self: link.self, log: stores.log, copies };
  }

  // The rest is its own.

  get #current(): LineageSpan | undefined {
    return this.#record?.lineage.at(-1);
  }

  get #isOwner(): boolean {
    return this.#current?.owner === this.#dependencies.link.self;
  }

  #routeState(): RouteState {
    const current = this.#current;
    if (this.#fork !== undefined) return { kind: "fork", branch: this.#fork.branch };
    if (current === undefined || this.#isPaused || this.#standing === "cut-off")
      return { kind: "unreachable" };
    const { branch, owner } = current;
    if (this.#isOwner) return this.matching.ended ? { kind: "unreachable" } : { kind: "own", branch };
    return this.#standing === "replica" ? { kind: "remote", owner, branch } : { kind: "unreachable" };
  }

  #onChange(listener: () => void): Subscription {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  #replan(): void {
    const { shard } = this.#dependencies;
    this.tape.setPlan({ shard, lineage: this.#record?.lineage ?? [], fork: this.#fork });
    this.#tellRoute();
  }

  #tellRoute(): void {
    const shown = { route: this.#routeState(), isProvisional: this.isProvisional };
    if (isSameData(shown, this.#shown)) return;
    this.#shown = shown;
    for (const listener of [...this.#listeners]) listener();
  }

  #tick(): void {
    if (this.#isStopped) return;
    const { clock, timing, onFailure } = this.#dependencies;
    if (!this.#isBusy) {
      this.#isBusy = true;
      this.#look()
        .catch(onFailure)
        .finally(() => {
          this.#isBusy = false;
        });
    }
    this.#timer = clock.schedule(timing.lookMs, () => this.#tick());
  }

  async #look(): Promise<void> {
    const { timing } = this.#dependencies;
    const { place } = this.matching;
    const { standing, action } = decide(this.#sight(), timing);
    this.#standing = standing;
    this.#tellRoute();
    if (action === "open-fork") await this.#openFork();
    // Before the fold is in it, it may be on its way back to where the fork hangs: what is final behind that place must not count yet.
    else if ((action === "heal" && place.branch === this.#fork?.branch) || this.#hasLostFork())
      await this.#heal();
    await this.reconciler.sealStray(this.#fork?.branch);
    await this.#define();
  }

  #sight(): Sight {
    const { clock, timing, definitions, shard, regions } = this.#dependencies;
    const isOwner = this.#isOwner;
    const isSure = isOwner && this.#owning.ownership.isSure();
    const { ownerSilenceMs, reconciler, matching, record } = this;
    const registerSilenceMs = this.#owning.register.silenceMs();
    const isInContact = registerSilenceMs < timing.contactMs;
    if (!isInContact) this.#contactSince = clock.monotonic();
    const aloneForMs = Math.min(registerSilenceMs, clock.monotonic() - this.#openedAt);
    // What follows is asked only where a fork may be opened, which is seldom. A Region that has no others is a majority by itself.
    const isAlone = aloneForMs >= timing.partitionAfterMs && regions.length > 1;
    return {
      isOwner,
      isSure,
      ownerSilenceMs,
      registerSilenceMs,
      aloneForMs,
      contactForMs: clock.monotonic() - this.#contactSince,
      hasOpenFork: this.#fork !== undefined,
      hasUnreconciledFork: isAlone && reconciler.hasUnreconciled(),
      mayFork: isAlone && mayFork(definitions, shard, matching.place, record),
    };
  }

  /** The lineage was cut below where the fork hangs: it can be followed no further. */
  #hasLostFork(): boolean {
    return this.#fork !== undefined && this.tape.ownBranch !== this.#fork.branch;
  }

  async #openFork(): Promise<void> {
    const { stores, link } = this.#dependencies;
    const { place } = this.matching;
    const own = { self: link.self, place, record: this.#record, log: stores.log };
    // The fold goes on meanwhile, and others go on to hold what it folds: once that were final here, nothing could take it back.
    await this.watermark.notBeyond(place.seq, async () => {
      const fork = await writeFork({ ...this.#dependencies, ...own });
      if (fork === undefined) return;
      this.#fork = fork;
      this.#replan();
    });
  }

  async #heal(): Promise<void> {
    if (this.#fork === undefined || !(await this.reconciler.seal(this.#fork.branch))) return;
    this.#fork = undefined;
    this.#replan();
  }

  /** A reign begins with the configured markets, and with the time. */
  async #define(): Promise<void> {
    const { definitions, shard, clock } = this.#dependencies;
    const current = this.#current;
    const isDue =
      this.#standing === "owner" &&
      this.matching.place.branch === current?.branch &&
      this.#definedFor !== current.branch;
    if (!isDue || this.matching.ended) return;
    this.#definedFor = current.branch;
    await this.matching.append({ kind: "Tick", time: clock.now() });
    for (const command of definitionCommands(definitions, shard, await this.matching.state()))
      await this.matching.append(command);
  }
}
