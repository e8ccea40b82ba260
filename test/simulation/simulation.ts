import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { Auditor } from "./audit/auditor.ts";
import { expectUndoneTold } from "./audit/expect-answers.ts";
import { differenceOf, reconciliationsOf } from "./audit/expect-reconciled.ts";
import { expectRest } from "./audit/expect-rest.ts";
import { expectVerdicts } from "./audit/expect-verdicts.ts";
import type { FinalTape } from "./audit/final-tape.ts";
import { Finding, INVARIANTS } from "./audit/finding.ts";
import { isOfOnePlace, type RegionStates, statesOf } from "./audit/region-states.ts";
import { RegisterWatch } from "./audit/register-watch.ts";
import type { SimulatedRandom } from "./chance/simulated-random.ts";
import { Cluster, type RegionStarter } from "./cluster.ts";
import { AIMED_FAULTS, AIMED_MEAN_MS } from "./faults/aimed/aimed-faults.ts";
import { Moments } from "./faults/aimed/moments.ts";
import { ownerOf } from "./faults/aimed/moving.ts";
import { drawnFaults, Nemesis } from "./faults/nemesis.ts";
import type { Scenario } from "./scenario.ts";
import { VirtualTime } from "./time/virtual-time.ts";
import { Trace } from "./trace.ts";
import { createTraders, fundAll, probeAll } from "./workload/crowd.ts";
import type { Trader } from "./workload/trader.ts";

/** Bounds of the phases, simulated ms: a run that takes longer has found something. */
const UP_WITHIN_MS = 60_000;
const REST_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 50;
/** A planned move takes less than this, and what the looks of a run take longer than production's. */
const MOVE_WITHIN_MS = 2000;

export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly random: SimulatedRandom;
  readonly startRegion: RegionStarter;
  /** The time under faults ends after so many events, if not before. */
  readonly maxSteps: number;
  readonly listener?: ((line: string) => void) | undefined;
}

/** What the phases of one run work with. */
export class Simulation {
  readonly time = new VirtualTime();
  readonly trace: Trace;
  readonly auditor: Auditor;
  readonly cluster: Cluster;
  readonly #options: SimulationOptions;
  readonly #nemeses: readonly Nemesis[];
  readonly #traders: readonly Trader[];
  #tradedMs = 0;
  #finding: { readonly error: unknown } | undefined;

  constructor(options: SimulationOptions) {
    const { scenario, random, startRegion, listener } = options;
    this.#options = options;
    this.trace = new Trace(this.time, 2000, listener);
    const { shards, markets } = scenario.definitions;
    this.auditor = new Auditor(
      this.time,
      shards.map(({ id }) => id),
      markets,
    );
    const moments = new Moments();
    this.cluster = new Cluster({
      scenario,
      time: this.time,
      random,
      trace: this.trace,
      listener: moments.besideTape(this.auditor),
      registerWatch: moments.besideRegister(new RegisterWatch(scenario.regions.length)),
      startRegion,
      onFinding: (error) => this.found(error),
    });
    this.#nemeses = this.#createNemeses(random, moments);
    this.#traders = createTraders(this, scenario, random.split("traders"));
  }

  /** Runs all phases. Throws what was found. */
  run(): void {
    const { cluster } = this;
    for (const region of cluster.regions) this.time.schedule(0, () => cluster.start(region));
    this.until("all Regions are up", UP_WITHIN_MS, () => this.#isAllUp());
    fundAll(this.#traders, this.#options.scenario);
    this.until("all accounts have funds", UP_WITHIN_MS, () => this.#isAllAnswered());
    this.#underFaults();
    this.#heal();
    for (const { id } of this.#options.scenario.definitions.shards) this.#readTapes(id);
    const shards = this.#options.scenario.definitions.shards.map(({ id }) => id);
    // Time went on while the journals were read.
    this.until("all is at rest for the audit", REST_WITHIN_MS, () => this.#isAtRest());
    const states = this.#readStates();
    // What was read of a fold may have been ahead of what its Region publishes.
    this.until("all is at rest behind the audit", REST_WITHIN_MS, () => this.#isAtRest());
    this.#expectReconciled(expectRest(this.auditor, shards, states));
    this.#throwIfFound();
  }

  /** How many orders clients have thought of. */
  get orders(): number {
    return this.#traders.reduce((sum, { orders }) => sum + orders, 0);
  }

  /** How long they traded under faults, simulated ms. */
  get tradedMs(): number {
    return this.#tradedMs;
  }

  /** Something is wrong: the run ends behind this event. */
  found(error: unknown): void {
    this.#finding ??= { error };
  }

  /** Lets events happen until a condition holds. Throws a `Finding` where it does not within the time. */
  until(what: string, withinMs: number, condition: () => boolean): void {
    const begin = this.time.now;
    let next = begin;
    for (;;) {
      if (this.time.now >= next) {
        if (condition()) return;
        next = this.time.now + LOOK_EVERY_MS;
      }
      if (this.time.now - begin > withinMs)
        throw new Finding(
          INVARIANTS.liveness,
          `not within ${withinMs / 1000} s: ${what}; ${this.#unfinished()}`,
        );
      this.#step();
    }
  }

  #createNemeses(random: SimulatedRandom, moments: Moments): Nemesis[] {
    const { hasZones, aim, definitions } = this.#options.scenario;
    const { cluster, time } = this;
    const around = {
      cluster,
      time,
      moments,
      shards: definitions.shards.map(({ id }) => id),
      hasZones,
      markets: definitions.shards.flatMap(({ id, markets }) =>
        markets.map((market) => ({ shard: id, market })),
      ),
    };
    const [drawn, aimed] = [random.split("faults"), random.split("aimed faults")];
    const meanDurationMs = drawn.pick([2000, 6000, 20_000]);
    const anywhere = { ...around, random: drawn, meanDurationMs };
    const atMoments = { ...around, random: aimed, meanDurationMs: AIMED_MEAN_MS };
    return [
      ...(aim === "only" ? [] : [new Nemesis(anywhere, this.trace, drawnFaults(hasZones))]),
      ...(aim === "none" ? [] : [new Nemesis(atMoments, this.trace, AIMED_FAULTS)]),
    ];
  }

  #underFaults(): void {
    const { seconds } = this.#options.scenario;
    const begin = this.time.now;
    const end = begin + 1000 * seconds;
    const lastStep = this.time.steps + this.#options.maxSteps;
    for (const trader of this.#traders) trader.start();
    for (const nemesis of this.#nemeses) nemesis.start();
    while (this.time.now < end && this.time.steps < lastStep) {
      this.#step();
      this.#tradedMs = this.time.now - begin;
    }
  }

  #heal(): void {
    this.trace.note("heals");
    for (const nemesis of this.#nemeses) nemesis.heal();
    for (const trader of this.#traders) trader.stop();
    this.until("all has come to rest", REST_WITHIN_MS, () => this.#isAtRest());
    this.trace.note("is probed");
    probeAll(this.#traders, this.#options.scenario);
    this.until("all has come to rest again", REST_WITHIN_MS, () => this.#isAtRest());
    if (this.cluster.regions.length < 2) return;
    for (const { id } of this.#options.scenario.definitions.shards) this.#move(id);
    this.until("all has come to rest behind the moves", REST_WITHIN_MS, () => this.#isAtRest());
  }

  /** Where nothing is wrong, a planned move is a matter of some round trips: it does not wait for a lease to run out. */
  #move(shard: ShardId): void {
    const { cluster, time, trace } = this;
    const withinMs = MOVE_WITHIN_MS + 2 * this.#options.scenario.lookMs;
    let isMoved = false;
    const attempt = () => {
      const owner = ownerOf(cluster, shard);
      const to = cluster.regions.find((region) => region !== owner);
      const process = owner === undefined ? undefined : cluster.running(owner);
      if (process === undefined || to === undefined) return void time.schedule(LOOK_EVERY_MS, attempt);
      trace.note("is moved", shard, to);
      const begin = time.now;
      void process.promote(shard, to).then((ok) => {
        const took = Math.round(time.now - begin);
        if (took > withinMs)
          this.found(new Finding(INVARIANTS.liveness, `the move of ${shard} to ${to} took ${took} ms`));
        isMoved = ok;
        // The lease had just lapsed, or the successor had just begun: nothing has happened.
        if (!ok) time.schedule(LOOK_EVERY_MS, attempt);
      });
    };
    attempt();
    this.until(`${shard} is moved`, UP_WITHIN_MS, () => isMoved);
  }

  #step(): void {
    this.#throwIfFound();
    if (!this.time.step()) throw new Finding(INVARIANTS.liveness, "nothing will ever happen again");
    this.#throwIfFound();
  }

  #throwIfFound(): void {
    if (this.#finding !== undefined) throw this.#finding.error;
  }

  #isAllUp(): boolean {
    return this.cluster.processes.length === this.cluster.regions.length;
  }

  #isAllAnswered(): boolean {
    return this.#traders.every(({ open }) => open === 0);
  }

  #isAtRest(): boolean {
    return (
      this.#isAllUp() &&
      this.#isAllAnswered() &&
      this.#isEqualEverywhere() &&
      this.cluster.processes.every((process) => process.unfinished().length === 0)
    );
  }

  #isEqualEverywhere(): boolean {
    return this.#options.scenario.definitions.shards.every(({ id }) => {
      const places = this.cluster.processes.map((process) => {
        const stand = process.standOf(id);
        return stand === undefined || stand.provisional ? "" : `${stand.branch} ${stand.seq}`;
      });
      return places[0] !== "" && places.every((place) => place === places[0]);
    });
  }

  /** What a stuck run waits for, in words. */
  #unfinished(): string {
    const waiting = this.#traders.filter(({ open }) => open > 0).length;
    const regions = this.cluster.regions.map((region) => {
      const process = this.cluster.running(region);
      if (process === undefined) return `${region} is not up`;
      const stands = this.#options.scenario.definitions.shards.map(({ id }) => {
        const stand = process.standOf(id);
        return `${id} ${stand?.branch} ${stand?.seq} (${process.describe(id)})`;
      });
      return `${region}: ${[...stands, ...process.unfinished()].join(", ")}`;
    });
    return `${waiting} traders wait; ${regions.join("; ")}`;
  }

  /** Each Region has written down of each fork what the tape says, or does so soon. */
  #expectReconciled(tapes: readonly FinalTape[]): void {
    const differences = new Map<string, string | undefined>(
      this.cluster.regions.map((region) => [region, `${region} has not been asked`]),
    );
    const compare = async () => {
      const expected = new Map<string, Reconciliation>();
      for (const tape of tapes) {
        const archive = this.auditor.archiveOf(tape.shard);
        const epochOf = (branch: BranchId) => archive.branch(branch).parent?.epoch ?? 0;
        const own = await reconciliationsOf(tape, epochOf);
        expectVerdicts(tape.outcomes, own.values());
        expectUndoneTold(this.auditor.requests, tape, own.values());
        for (const [id, each] of own) expected.set(id, each);
      }
      for (const { region, reconciliations } of this.cluster.processes)
        differences.set(region, differenceOf(region, await reconciliations(), expected));
    };
    const end = this.time.now + REST_WITHIN_MS;
    for (;;) {
      let isOver = false;
      compare().then(
        () => {
          isOver = true;
        },
        (error: unknown) => this.found(error),
      );
      this.until("the reconciliations are read", UP_WITHIN_MS, () => isOver);
      const [difference] = [...differences.values()].filter((each) => each !== undefined);
      if (difference === undefined) return;
      if (this.time.now > end) throw new Finding(INVARIANTS.reconciled, difference);
    }
  }

  /** The states of all shards in all Regions, each shard's at one seq. */
  #readStates(): readonly RegionStates[] {
    const end = this.time.now + REST_WITHIN_MS;
    for (;;) {
      let read: readonly RegionStates[] | undefined;
      statesOf(this.cluster.processes, this.#options.scenario.definitions.shards).then(
        (states) => {
          read = states;
        },
        (error: unknown) => this.found(error),
      );
      this.until("the states are read", UP_WITHIN_MS, () => read !== undefined);
      // Time goes on by ticks also at rest, and one may have come between two Regions.
      if (read !== undefined && (isOfOnePlace(read) || this.time.now > end)) return read;
    }
  }

  #readTapes(shard: ShardId): void {
    const archive = this.auditor.archiveOf(shard);
    for (const process of this.cluster.processes) {
      let isRead = false;
      process.tapeOf(shard).then(
        (outcomes) => {
          isRead = true;
          try {
            for (const outcome of outcomes) archive.note(`the journal of ${process.region}`, outcome);
          } catch (error) {
            this.found(error);
          }
        },
        (error: unknown) => this.found(error),
      );
      this.until(`the journal of ${process.region} is read`, UP_WITHIN_MS, () => isRead);
    }
  }
}
