import type { Definitions } from "#shared/config/definitions.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { RegisterWatch } from "./audit/register-watch.ts";
import type { SimulatedRandom } from "./chance/simulated-random.ts";
import { SimulatedNetwork } from "./network/simulated-network.ts";
import { Life } from "./process/life.ts";
import type { Scenario } from "./scenario.ts";
import type { SimulatedRegion, TapeListener } from "./simulated-region.ts";
import type { AcceptorWitness } from "./storage/simulated-acceptor.ts";
import { SimulatedDisk } from "./storage/simulated-disk.ts";
import { MachineClock, virtualClock } from "./time/virtual-clock.ts";
import type { VirtualTime } from "./time/virtual-time.ts";
import type { Trace } from "./trace.ts";

/** All that a Region's process gets from its surroundings. */
export interface RegionSurroundings {
  readonly region: RegionId;
  readonly regions: readonly RegionId[];
  readonly definitions: Definitions;
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly random: SimulatedRandom;
  readonly link: RegionLink;
  readonly disk: SimulatedDisk;
  readonly life: Life;
  /** For what the Region's process starts beside itself. */
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly listener: TapeListener;
  /** Sees what the Region's acceptor holds durably. */
  readonly acceptorWitness: AcceptorWitness;
  /** An operating error that ends the process: it is started again. Anything else is a finding. */
  readonly onFailure: (error: unknown) => void;
}

/** The composition of production on simulated ports. Rejects as the real one does when it cannot start. */
export type RegionStarter = (surroundings: RegionSurroundings) => Promise<SimulatedRegion>;

/** What a Region has whether its process runs or not. */
interface Machine {
  readonly region: RegionId;
  readonly disk: SimulatedDisk;
  readonly clock: MachineClock;
  readonly random: SimulatedRandom;
  life: Life | undefined;
  process: SimulatedRegion | undefined;
  lives: number;
  /** Not to be started again by itself: held down by a fault. */
  isHeldDown: boolean;
}

export interface ClusterDependencies {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly random: SimulatedRandom;
  readonly trace: Trace;
  readonly listener: TapeListener;
  /** Sees what acceptors hold durably. */
  readonly registerWatch: Pick<RegisterWatch, "accepted">;
  readonly startRegion: RegionStarter;
  /** Something that must not happen has happened. */
  readonly onFinding: (error: unknown) => void;
}

/** A task that does not stop within this time is killed, as ECS does it. */
const STOPS_WITHIN_MS = 30_000;

/** The Regions, their machines and the network between them. */
export class Cluster {
  readonly network: SimulatedNetwork;
  readonly #dependencies: ClusterDependencies;
  readonly #machines: ReadonlyMap<RegionId, Machine>;

  constructor(dependencies: ClusterDependencies) {
    const { scenario, time, random, trace } = dependencies;
    this.#dependencies = dependencies;
    this.network = new SimulatedNetwork(time, random.split("network"), trace);
    this.#machines = new Map(
      scenario.regions.map((region) => [region, createMachine(region, time, random.split(region))]),
    );
  }

  get regions(): readonly RegionId[] {
    return [...this.#machines.keys()];
  }

  /** The processes that run and have come up. */
  get processes(): readonly SimulatedRegion[] {
    return [...this.#machines.values()].flatMap(({ process }) => process ?? []);
  }

  running(region: RegionId): SimulatedRegion | undefined {
    return this.#machineOf(region).process;
  }

  diskOf(region: RegionId): SimulatedDisk {
    return this.#machineOf(region).disk;
  }

  clockOf(region: RegionId): MachineClock {
    return this.#machineOf(region).clock;
  }

  /** Starts a Region's process, if none runs. */
  start(region: RegionId): void {
    const machine = this.#machineOf(region);
    machine.isHeldDown = false;
    if (machine.life !== undefined) return;
    const { scenario, time, trace, listener, registerWatch, startRegion, onFinding } = this.#dependencies;
    const life = new Life(region, time);
    machine.life = life;
    machine.lives++;
    trace.note("starts", region, machine.lives);
    const failed = (error: unknown) => this.#failed(machine, life, error);
    startRegion({
      region,
      regions: scenario.regions,
      definitions: scenario.definitions,
      scenario,
      clock: virtualClock(machine.clock, life),
      random: machine.random.split(`life ${machine.lives}`),
      link: this.network.connect(region, life, machine.clock.rate),
      disk: machine.disk,
      life,
      time,
      trace,
      listener: heardWhileAlive(listener, life, onFinding),
      acceptorWitness: (shard, ballot, value) => {
        try {
          registerWatch.accepted(region, shard, ballot, value);
        } catch (error) {
          onFinding(error);
        }
      },
      onFailure: failed,
    }).then((process) => {
      if (life.isOver) return;
      trace.note("is up", region, machine.lives);
      machine.process = process;
    }, failed);
  }

  /** The process of a Region is gone at once, whatever it was doing; it stays down until it is started. */
  kill(region: RegionId): void {
    const machine = this.#machineOf(region);
    machine.isHeldDown = true;
    if (machine.life === undefined) return;
    this.#dependencies.trace.note("is killed", region, machine.lives);
    this.#end(machine, true);
  }

  /** The process of a Region is told to stop, does so in order, and is started again, as when a new version is rolled out. */
  restart(region: RegionId): void {
    const machine = this.#machineOf(region);
    const { life, process } = machine;
    if (life === undefined || process === undefined) return;
    this.#dependencies.trace.note("is told to stop", region, machine.lives);
    const over = () => {
      if (life.isOver) return;
      this.#end(machine, false);
      this.start(region);
    };
    process.stop().then(over, (error: unknown) => this.#failed(machine, life, error));
    this.#dependencies.time.schedule(STOPS_WITHIN_MS, over);
  }

  /** An operating error ends a process, and what supervises it starts it again; anything else is a finding. */
  #failed(machine: Machine, life: Life, error: unknown): void {
    if (life.isOver) return;
    const { time, trace, onFinding } = this.#dependencies;
    if (!(error instanceof OperatingError) || isLossOfData(error)) {
      onFinding(error);
      return;
    }
    trace.note("fails", machine.region, error.message);
    this.#end(machine, false);
    time.schedule(machine.random.exponential(1500), () => {
      if (!machine.isHeldDown) this.start(machine.region);
    });
  }

  #end(machine: Machine, isHeldDown: boolean): void {
    machine.life?.end();
    machine.life = undefined;
    machine.process = undefined;
    machine.isHeldDown = isHeldDown;
  }

  #machineOf(region: RegionId): Machine {
    const machine = this.#machines.get(region);
    if (machine === undefined) throw new Error(`no Region ${region}`);
    return machine;
  }
}

function createMachine(region: RegionId, time: VirtualTime, random: SimulatedRandom): Machine {
  const clock = new MachineClock(time, {
    wallOffsetMs: random.between(-400, 400),
    monotonicStart: random.between(0, 1_000_000),
    // Quartz is off by some tens of millionths; a little more, to be seen.
    rate: 1 + random.between(-300, 300) / 1_000_000,
  });
  const disk = new SimulatedDisk(random.split("disk"));
  return { region, disk, clock, random, life: undefined, process: undefined, lives: 0, isHeldDown: false };
}

/** Stores that do not fit together: no fault of the simulation can bring that about in sound code. */
function isLossOfData(error: OperatingError): boolean {
  return error.name === "InconsistentStores";
}

/** What the auditor throws is a finding, and not an error of the code that told it something. */
function heardWhileAlive(
  listener: TapeListener,
  life: Life,
  onFinding: (error: unknown) => void,
): TapeListener {
  const guarded =
    <A extends unknown[]>(hear: (...args: A) => void) =>
    (...args: A) => {
      if (life.isOver) return;
      try {
        hear(...args);
      } catch (error) {
        onFinding(error);
      }
    };
  return {
    outcome: guarded((region, outcome) => listener.outcome(region, outcome)),
    rewound: guarded((region, shard, toSeq) => listener.rewound(region, shard, toSeq)),
    final: guarded((region, shard, watermark) => listener.final(region, shard, watermark)),
    began: guarded((region, shard, seq) => listener.began(region, shard, seq)),
  };
}
