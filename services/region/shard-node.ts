import type { RouteState, ShardRoute } from "#services/gateway/intake/shard-route.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import type { Matching } from "#services/matching/matching.ts";
import type { MatchingDependencies } from "#services/matching/matching-service.ts";
import { type Recovered, recoverFold } from "#services/matching/recover.ts";
import type { SnapshotPolicy } from "#services/matching/snapshot-taker.ts";
import type { PromotionResult } from "#services/ownership/promotion.ts";
import type { Cut, EpochEnd, TakeoverSteps } from "#services/ownership/takeover-steps.ts";
import type { CanonicalCommand, CanonicalSide } from "#services/reconciliation/canonical-side.ts";
import { findOpenFork } from "#services/reconciliation/find-open-fork.ts";
import { Reconciler } from "#services/reconciliation/reconciler.ts";
import { DigestExchange, type Divergence } from "#services/replication/digest-exchange.ts";
import { Follower } from "#services/replication/follower.ts";
import { Tape } from "#services/replication/tape.ts";
import { FinalityWatermark } from "#services/replication/watermark.ts";
import type { Definitions } from "#shared/config/definitions.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { ForkSpan, LineageSpan, OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { KnownOwnership } from "#shared/ports/known-ownership.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { Random } from "#shared/ports/random.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { appendBranchStart } from "./branch-start.ts";
import type { NodeOwnership } from "./create-ownership.ts";
import { foldTo, seqAt } from "./fold-to.ts";
import type { ShardStores } from "./region-stores.ts";
import { decide, type Sight, type Standing } from "./standing.ts";
import type { Timing } from "./timing.ts";

export type CreateMatching = (recovered: Recovered, dependencies: MatchingDependencies) => Matching;

export interface ShardNodeDependencies {
  readonly shard: ShardId;
  readonly regions: readonly RegionId[];
  readonly definitions: Definitions;
  readonly link: RegionLink;
  readonly stores: ShardStores;
  readonly copies: LogCopies;
  readonly known: KnownOwnership;
  readonly reconciliations: ReconciliationStore;
  readonly feed: OutcomeFeed;
  readonly mintBranch: () => BranchId;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: Timing;
  readonly snapshotPolicy: SnapshotPolicy;
  /** The fold in this process, or zones of its own. */
  readonly createMatching: CreateMatching;
  readonly onFailure: (error: unknown) => void;
  readonly onDivergence: (divergence: Divergence) => void;
}

/**
 * One shard in one Region: what it folds, whom it follows, whether it owns it, and what becomes of its forks. Every Region has the same parts for every shard; the register's record says which of them
 * have something to do.
 */
export class ShardNode implements CanonicalSide {
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
  #contactSince: number;
  #timer: Timer | undefined;
  #isBusy = false;
  #isStopped = false;
  #shown = "";
  /** The reign for which the definitions were brought up to the configuration. */
  #definedFor: BranchId | undefined;

  /** Brings the fold to the end of what is here. Nothing is published yet. */
  static async open(
    dependencies: ShardNodeDependencies,
    createOwnership: (node: ShardNode) => NodeOwnership,
  ): Promise<ShardNode> {
    const { shard, link, stores, copies, known, reconciliations, feed, clock, random } = dependencies;
    const record = known.record(shard);
    const fork = await findOpenFork(stores.log, reconciliations.bookmark(shard));
    const plan = { shard, lineage: record?.lineage ?? [], fork };
    const tape = new Tape({ shard, self: link.self, log: stores.log, copies }, plan);
    const watermark = new FinalityWatermark({ ...dependencies, ...stores, tape });
    const digests = new DigestExchange(dependencies.onDivergence);
    const matching = dependencies.createMatching(await recoverFold({ tape, ...stores }), {
      tape,
      ...stores,
      feed,
      clock,
      random,
      snapshotPolicy: dependencies.snapshotPolicy,
      finalSeq: () => watermark.finalSeq,
      onRecords: (places) => watermark.noteRecords(places),
      onDigest: (digest) => digests.note(digest),
      onFailure: dependencies.onFailure,
    });
    await matching.catchUp();
    return new ShardNode(dependencies, { tape, watermark, digests, matching, record, fork }, createOwnership);
  }

  private constructor(
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
    this.#contactSince = clock.monotonic();
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

  promote(to: RegionId): Promise<PromotionResult> {
    return this.#owning.ownership.promote(to);
  }

  isReadyToSucceed(epoch: number): boolean {
    return this.#owning.ownership.isReadyToSucceed(epoch);
  }

  /** What a takeover of this shard asks of this Region. */
  get steps(): TakeoverSteps {
    return this.#owning.steps;
  }

  // What the ownership asks.

  get hasOpenFork(): boolean {
    return this.#fork !== undefined;
  }

  /** This Region follows the epoch's owner, and its fold has come to that reign. */
  isFollowing(epoch: number): boolean {
    const current = this.#current;
    const isNear = this.ownerSilenceMs < this.#dependencies.timing.contactMs;
    return isNear && current?.epoch === epoch && this.matching.place.branch === current.branch;
  }

  /** How the lineage stands at a position of its last span's log; `undefined` where what is held here does not tell. */
  async cutAt({ lineage }: OwnershipRecord, position: number): Promise<Cut | undefined> {
    const { stores, copies, link, shard } = this.#dependencies;
    const span = lineage.at(-1);
    if (span === undefined) return undefined;
    const sources = { shard, self: link.self, log: stores.log, copies };
    const seq = await seqAt(sources, span, position);
    const fold = await foldTo(sources, stores.snapshots, lineage, seq);
    if (fold === undefined) return undefined;
    return { branch: fold.place.branch, seq, digest: fold.engine.digest() };
  }

  /** Where the fold stands, if it has come to the end that the owner wrote. */
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

  /** The register's record as a majority holds it: from now on this is followed. Durable before anything is done on its account. */
  async learn(record: OwnershipRecord): Promise<void> {
    const isOlder = () => this.#record !== undefined && record.renewal <= this.#record.renewal;
    if (isOlder()) return;
    const isNew = JSON.stringify(record.lineage) !== JSON.stringify(this.#record?.lineage);
    if (isNew) await this.#dependencies.known.remember(record);
    if (isOlder()) return;
    this.#record = record;
    if (isNew) this.#replan();
  }

  /** The reign is being handed over: what comes waits. */
  pauseIntake(): void {
    this.#isPaused = true;
    this.#tellRoute();
  }

  resumeIntake(): void {
    this.#isPaused = false;
    this.#tellRoute();
  }

  /** The ownership's view has changed. */
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
    const { stores, copies, link, shard } = this.#dependencies;
    const sources = { shard, self: link.self, log: stores.log, copies };
    const lineage = this.#record?.lineage ?? [];
    const at = lineage.findIndex((span) => span.branch === branch);
    const fold = await foldTo(sources, stores.snapshots, lineage.slice(0, at + 1), seq);
    assert(fold !== undefined, `this Region holds what ${branch} was at seq ${seq}, where it left it`);
    return fold.engine;
  }

  async append(commands: readonly CanonicalCommand[]): Promise<boolean> {
    const { stores, link, shard, timing } = this.#dependencies;
    const state = this.#routeState();
    if (state.kind !== "own" && state.kind !== "remote") return false;
    const { branch } = state;
    const records = commands.map(({ commandId, validUntil, command }) =>
      encodeCommand({ commandId, branch, validUntil, command }),
    );
    if (state.kind === "own") {
      for (const bytes of records) if (!(await stores.log.append(bytes)).ok) return false;
      return true;
    }
    const request = { shard, commands: records };
    const reply = await link.request(state.owner, "log.append", request, timing.linkTimeoutMs);
    return (
      reply.ok && reply.answer.results.length === records.length && reply.answer.results.every(({ ok }) => ok)
    );
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
    const shown = JSON.stringify(this.#routeState());
    if (shown === this.#shown) return;
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
    const { standing, action } = decide(this.#sight(), timing);
    this.#standing = standing;
    this.#tellRoute();
    if (action === "open-fork") await this.#openFork();
    else if (action === "heal" || this.#hasLostFork()) await this.#heal();
    await this.#define();
  }

  #sight(): Sight {
    const { clock, timing } = this.#dependencies;
    const isOwner = this.#isOwner;
    const isSure = isOwner && this.#owning.ownership.isSure();
    const { ownerSilenceMs } = this;
    const registerSilenceMs = this.#owning.register.silenceMs();
    const isInContact = registerSilenceMs < timing.contactMs;
    if (!isInContact) this.#contactSince = clock.monotonic();
    return {
      isOwner,
      isSure,
      ownerSilenceMs,
      registerSilenceMs,
      contactForMs: clock.monotonic() - this.#contactSince,
      hasOpenFork: this.#fork !== undefined,
      hasUnreconciledFork: this.reconciler.hasUnreconciled(),
      mayFork: this.#mayFork(),
    };
  }

  /** Some market matches on by itself, and there is a state to match from. */
  #mayFork(): boolean {
    const { definitions, shard } = this.#dependencies;
    const markets = definitions.shards.find(({ id }) => id === shard)?.markets ?? [];
    const { place } = this.matching;
    return (
      place.seq > 0 &&
      this.#record?.lineage.some(({ branch }) => branch === place.branch) === true &&
      definitions.markets.some(
        ({ id, partitionPolicy }) => partitionPolicy === "match-locally" && markets.includes(id),
      )
    );
  }

  /** The lineage was cut below where the fork hangs: it can be followed no further. */
  #hasLostFork(): boolean {
    return this.#fork !== undefined && this.tape.ownBranch !== this.#fork.branch;
  }

  async #openFork(): Promise<void> {
    const { stores, mintBranch, random, link, clock } = this.#dependencies;
    const { branch: parent, seq: parentSeq } = this.matching.place;
    const branch = mintBranch();
    const span = this.#record?.lineage.find((one) => one.branch === parent);
    const epoch = span?.epoch ?? 0;
    // The fork's first record stands in the log of this Region's own reign too, and must not stand just where it would continue that: the reign may go on.
    if (span?.owner === link.self && !(await this.matching.append({ kind: "Tick", time: clock.now() })))
      return;
    const begins = { branch, parent, parentSeq, epoch, provisional: true };
    const position = await appendBranchStart(stores.log, random, begins);
    if (position === undefined) return;
    this.#fork = { branch, parent, parentSeq, start: position - 1 };
    this.#replan();
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

interface OpenedShard {
  readonly tape: Tape;
  readonly watermark: FinalityWatermark;
  readonly digests: DigestExchange;
  readonly matching: Matching;
  readonly record: OwnershipRecord | undefined;
  readonly fork: ForkSpan | undefined;
}
