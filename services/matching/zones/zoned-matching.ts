import type { TapeRecord } from "#services/replication/tape.ts";
import {
  commonSeq,
  historyOf,
  isOnTape,
  ROOT_PLACE,
  type TapeSegment,
} from "#services/replication/tape-plan.ts";
import type { Command } from "#shared/domain/command.ts";
import { decodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { EngineState, ForkState } from "#shared/domain/engine-state.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";
import { assert, unreachable } from "#shared/domain/invariant.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { InconsistentStores } from "#shared/ports/inconsistent-stores.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { FoldedEnd, Matching, Unjournaled } from "../matching.ts";
import type { MatchingDependencies } from "../matching-service.ts";
import { OutcomePublisher } from "../outcome-publisher.ts";
import { ownRecord } from "../own-record.ts";
import { goBack, newestOnTape, type Recovered } from "../recover.ts";
import { ShardFold } from "../shard-fold.ts";
import { Ticker } from "../ticker.ts";
import { BranchFacts } from "./branch-facts.ts";
import { isAtEnd } from "./is-at-end.ts";
import { placeAt } from "./place-at.ts";
import { recallFacts } from "./recall-facts.ts";
import { ZoneDigests, type ZoneDivergence } from "./zone-digests.ts";
import type { ConnectedZone, ShardMessage, ZoneHub, ZoneShard } from "./zone-hub.ts";
import { ZoneSession } from "./zone-session.ts";
import { ZoneSnapshots } from "./zone-snapshots.ts";

export interface ZonedMatchingDependencies extends MatchingDependencies {
  readonly hub: ZoneHub;
  /** Tape divergence between the zones: an alert. */
  readonly onDivergence: (divergence: ZoneDivergence) => void;
}

/** Zones are told what was published after so many seqs. */
const TOLD_INTERVAL = 500;
/** A zone may take so long to give its last state when the Region stops. */
const LAST_SNAPSHOT_MS = 2000;

/**
 * One shard's matching in the Region's process, as `MatchingService`, but the fold is in the zones: each folds the tape, one publishes. Whatever the zones
 * send is taken by its name: what is the next on the tape is journaled and published, once; all else is dropped, and asked for again where something is missing.
 */
export class ZonedMatching implements ZoneShard, Matching {
  readonly #dependencies: ZonedMatchingDependencies;
  readonly #publisher: OutcomePublisher;
  readonly #sessions = new Map<ConnectedZone, ZoneSession>();
  readonly #digests: ZoneDigests;
  readonly #snapshots: ZoneSnapshots;
  readonly #ticker: Ticker;
  readonly #changes: Subscription;
  readonly #waiters = new Set<(snapshot: Snapshot) => void>();
  readonly #passed = new Set<() => void>();
  #segments: readonly TapeSegment[];
  /** The last seq taken; what the journal holds beyond it is compared as it comes. */
  #taken: number;
  #told: number;
  /** How far they were given the tape. */
  #given: TapePlace;
  /** The position of each record that was given and not taken yet, by seq. */
  readonly #positions = new Map<number, number>();
  #takenPosition: number;
  #facts: BranchFacts;
  #active: ConnectedZone | undefined;
  /** What arrives and what changes is worked on one after the other. */
  #turns: Promise<void> = Promise.resolve();
  /** Once it has caught up nothing is taken before it runs: whoever follows begins where that ended, and hears of the next seq first. */
  #phase: "catching-up" | "held" | "running" | "stopped" = "catching-up";

  constructor({ fold, unjournaled }: Recovered, dependencies: ZonedMatchingDependencies) {
    const { tape, hub, onDivergence } = dependencies;
    assert(unjournaled.length === 0, "where zones fold, none of them was kept");
    this.#dependencies = dependencies;
    this.#publisher = new OutcomePublisher({ shard: tape.shard, ...dependencies });
    this.#digests = new ZoneDigests(onDivergence);
    this.#snapshots = new ZoneSnapshots(dependencies, fold.place.seq);
    this.#segments = tape.segments;
    this.#given = fold.place;
    this.#facts = new BranchFacts(fold.engine.state());
    this.#takenPosition = fold.place.position;
    this.#taken = fold.place.seq;
    this.#told = fold.place.seq;
    this.#ticker = new Ticker({
      ...dependencies,
      // As in `MatchingService`: only in a branch that this Region writes, from its first record to its last.
      ownsTime: () => !this.#facts.ended && tape.ownBranch === this.#facts.branch,
      append: (time) => void this.append({ kind: "Tick", time }),
    });
    // As in `MatchingService`: a snapshot may stand behind the end of a branch.
    if (!fold.engine.ended) dependencies.onRecords([fold.place]);
    this.#changes = tape.onChange(() => this.#turn(() => this.#followPlan()));
    hub.register(tape.shard, this);
  }

  get seq(): Seq {
    return this.#taken as Seq;
  }

  get place(): TapePlace {
    return { branch: this.#facts.branch, seq: this.seq, position: this.#takenPosition };
  }

  get ended(): boolean {
    return this.#facts.ended;
  }

  get lastEnd(): FoldedEnd | undefined {
    return this.#facts.lastEnd;
  }

  get unjournaled(): Unjournaled {
    return this.#publisher.unjournaled;
  }

  fork(id: BranchId): ForkState {
    return this.#facts.fork(id);
  }

  /** The state as the publishing zone has it now; waits until there is one. */
  async state(): Promise<EngineState> {
    return ShardFold.restore(await this.#snapshot()).engine.state();
  }

  async takeSnapshot(): Promise<void> {
    await this.#snapshot();
    // It is saved in the turn in which it came.
    await this.#turns;
  }

  /** Resolves when all that the logs hold now was folded by a zone and is in the journal. Waits until there is a zone. */
  async catchUp(): Promise<void> {
    const { tape, journal } = this.#dependencies;
    do {
      await this.#until(() => isAtEnd(this.#dependencies.tape, this.#given));
      const { seq } = this.#given;
      await this.#until(() => this.#taken >= seq);
    } while (!isAtEnd(this.#dependencies.tape, this.#given));
    if (this.#phase === "catching-up") this.#phase = "held";
    await this.#publisher.flush();
    if (journal.lastSeq() > this.#taken) {
      throw new InconsistentStores(
        `The log of ${tape.shard} ends at seq ${this.#taken}, but the journal holds seq ${journal.lastSeq()}: the log has lost commands.`,
      );
    }
  }

  /** From now on publishes what is new, and advances the shard's time while this Region writes the end of the tape. */
  run(): void {
    this.#phase = "running";
    this.#publisher.start();
    this.#ticker.start();
    this.#turn(async () => {
      await this.#followPlan();
      this.#askActive();
    });
  }

  /** As `MatchingService.append`. */
  async append(command: Command): Promise<boolean> {
    const { tape, log, random } = this.#dependencies;
    const branch = tape.ownBranch;
    if (branch === undefined) return false;
    return (await log.append(ownRecord(random, branch, command))).ok;
  }

  /** Makes the journal whole and takes a last snapshot, if a zone is there to give one. */
  async stop(): Promise<void> {
    const { hub, tape, clock } = this.#dependencies;
    this.#ticker.stop();
    if (this.#active !== undefined) {
      let timer: { cancel(): void } | undefined;
      const isOver = new Promise<void>((resolve) => {
        timer = clock.schedule(LAST_SNAPSHOT_MS, resolve);
      });
      await Promise.race([this.#snapshot(), isOver]);
      timer?.cancel();
    }
    this.#phase = "stopped";
    hub.unregister(tape.shard);
    this.#changes.cancel();
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
    await this.#turns;
    await this.#publisher.flush();
  }

  saveLast(): Promise<void> {
    return this.#saveSnapshot();
  }

  onZone(zone: ConnectedZone): void {
    const { tape, onFailure } = this.#dependencies;
    const session = new ZoneSession({
      tape,
      zone,
      stateAt: async (seq) => (await newestOnTape(this.#dependencies, seq)).snapshot,
      publishAfter: (asking) => (asking === this.#active ? this.#taken : undefined),
      onRecords: (records) => {
        this.#notePlace(records);
      },
      onBegin: (begun) => {
        if (begun === this.#active && this.#waiters.size > 0) this.#askSnapshot(begun);
      },
      onFailure,
    });
    this.#sessions.set(zone, session);
    session.begin(this.#taken);
  }

  onGone(zone: ConnectedZone): void {
    void this.#sessions.get(zone)?.close();
    this.#sessions.delete(zone);
    this.#snapshots.restart();
  }

  onActive(active: ConnectedZone | undefined): void {
    const { shard } = this.#dependencies.tape;
    this.#active?.channel.send({ t: "hush", shard });
    this.#active = active;
    // What the one before has sent still counts: its turns come first.
    this.#turn(async () => this.#askActive());
    if (this.#waiters.size > 0) this.#askSnapshot(active);
  }

  onMessage(zone: ConnectedZone, message: ShardMessage): void {
    const session = this.#sessions.get(zone);
    if (session === undefined || message.run !== session.run) return;
    switch (message.t) {
      case "outcomes":
        this.#turn(() => this.#takeOutcomes(message.outcomes));
        break;
      case "folded":
        for (const digest of message.digests)
          if (this.#digests.note(zone.zone, digest)) this.#dependencies.onDigest(digest);
        // Behind the outcomes before it: a zone is given no more than the journal can take.
        this.#turn(async () => session.folded(message.seq));
        break;
      case "behind":
        session.begin(message.after);
        break;
      case "snapshot":
        this.#turn(async () => {
          if (!isOnTape(this.#dependencies.tape.segments, message.snapshot)) return;
          for (const waiter of this.#waiters) waiter(message.snapshot);
          this.#waiters.clear();
          this.#snapshots.arrived(message.snapshot);
          await this.#saveSnapshot();
        });
        break;
      default:
        unreachable(message);
    }
  }

  async #takeOutcomes(encoded: readonly Uint8Array[]): Promise<void> {
    const { tape } = this.#dependencies;
    // The tape has changed: the turn that follows it asks for everything again, as does the one in which it begins to run.
    if (this.#phase === "held" || tape.segments !== this.#segments) return;
    const outcomes = encoded.map(decodeOutcome).filter(({ seq }) => seq > this.#taken);
    const [first] = outcomes;
    const last = outcomes.at(-1);
    if (first === undefined || last === undefined) return;
    // The tape went back and came again, and the zone did not have to go with it: its records were not given anew.
    if (first.seq === this.#taken + 1 && !outcomes.every(({ seq }) => this.#positions.has(seq)))
      await placeAt(tape, this.#segments, this.place, last.seq, (seq, at) => this.#positions.set(seq, at));
    const known = await this.#publisher.known(first.seq, outcomes.length);
    const durable: TapePlace[] = [];
    for (const outcome of outcomes) {
      if (tape.segments !== this.#segments || !isOnTape(this.#segments, outcome)) return;
      if (outcome.seq !== this.#taken + 1) {
        this.#askActive();
        return;
      }
      this.#taken = outcome.seq;
      const position = this.#positions.get(outcome.seq);
      this.#takenPosition = position ?? this.#takenPosition;
      this.#positions.delete(outcome.seq);
      const wasEnded = this.#facts.ended;
      this.#facts.take(outcome);
      // As in `MatchingService`: what stands behind the end of a branch is none of it.
      if (position !== undefined && (!wasEnded || !this.#facts.ended))
        durable.push({ branch: outcome.branch, seq: outcome.seq, position });
      const [event] = outcome.events;
      if (event !== undefined && event.kind !== "Misdirected") this.#ticker.noteCommand();
      this.#publisher.put(outcome, known);
    }
    this.#dependencies.onRecords(durable);
    await this.#publisher.settle();
    this.#noteProgress();
    await this.#saveSnapshot();
  }

  #noteProgress(): void {
    for (const check of this.#passed) check();
    const { shard } = this.#dependencies.tape;
    if (this.#taken - this.#told >= TOLD_INTERVAL) {
      this.#told = this.#taken;
      for (const { channel } of this.#sessions.keys())
        channel.send({ t: "published", shard, seq: this.#taken });
    }
    if (!this.#snapshots.isDue(this.#taken)) return;
    // The standby has the time for it.
    const standby = [...this.#sessions.keys()].find((zone) => zone !== this.#active);
    this.#askSnapshot(standby ?? this.#active);
  }

  async #followPlan(): Promise<void> {
    const { tape } = this.#dependencies;
    const { segments } = tape;
    if (this.#phase === "held" || segments === this.#segments) return;
    const toSeq = commonSeq(historyOf(this.#segments, this.#taken), segments);
    if (toSeq === undefined) {
      throw new InconsistentStores(
        `The register of ${tape.shard} no longer tells what follows seq ${this.#taken}: this Region needs the state of another one.`,
      );
    }
    if (toSeq < this.#taken) {
      await this.#publisher.flush();
      await goBack(this.#dependencies, toSeq);
      this.#publisher.restart(toSeq);
      this.#snapshots.restart(toSeq);
      this.#taken = toSeq;
      const { facts, position } = await recallFacts(this.#dependencies, segments, toSeq);
      this.#facts = facts;
      // Whoever looks what is missing of a log goes by the position: it must be right before the zones report again.
      this.#takenPosition = position;
      this.#told = Math.min(this.#told, toSeq);
    }
    this.#segments = segments;
    if (!isOnTape(segments, this.#given)) this.#given = ROOT_PLACE;
    this.#askActive();
  }

  #notePlace(records: readonly TapeRecord[]): void {
    this.#dependencies.tracing?.rememberRecords(records);
    for (const { seq, position } of records) if (seq > this.#taken) this.#positions.set(seq, position);
    const last = records.at(-1);
    if (last === undefined) return;
    const { segments } = this.#dependencies.tape;
    if (last.seq <= this.#given.seq && isOnTape(segments, this.#given)) return;
    this.#given = { branch: last.branch, seq: last.seq, position: last.position };
    for (const check of this.#passed) check();
  }

  #askActive(): void {
    const active = this.#active;
    const session = active === undefined ? undefined : this.#sessions.get(active);
    if (active === undefined || session === undefined) return;
    const { shard } = this.#dependencies.tape;
    active.channel.send({ t: "publish", shard, run: session.run, after: this.#taken });
  }

  #askSnapshot(zone: ConnectedZone | undefined): void {
    const session = zone === undefined ? undefined : this.#sessions.get(zone);
    if (session === undefined) return;
    zone?.channel.send({ t: "snapshot", shard: this.#dependencies.tape.shard, run: session.run });
  }

  #snapshot(): Promise<Snapshot> {
    return new Promise((resolve) => {
      this.#waiters.add(resolve);
      this.#askSnapshot(this.#active);
    });
  }

  #saveSnapshot(): Promise<void> {
    return this.#snapshots.save(this.#taken, () => this.#publisher.flush());
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.#passed.delete(check);
        resolve();
      };
      this.#passed.add(check);
      check();
    });
  }

  #turn(work: () => Promise<void>): Promise<void> {
    this.#turns = this.#turns.then(async () => {
      if (this.#phase !== "stopped") await work();
    });
    this.#turns.catch(this.#dependencies.onFailure);
    return this.#turns;
  }
}
