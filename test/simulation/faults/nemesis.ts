import type { Trace } from "#test/simulation/trace.ts";
import type { Fault, FaultSurroundings } from "./fault.ts";
import { NETWORK_FAULTS } from "./network-faults.ts";
import { OPERATOR_FAULTS } from "./operator-faults.ts";
import { REGION_FAULTS } from "./region-faults.ts";
import { ZONE_FAULTS } from "./zone-faults.ts";

const FAULTS: readonly Fault[] = [...NETWORK_FAULTS, ...REGION_FAULTS, ...OPERATOR_FAULTS];
const FAULTS_WITH_ZONES: readonly Fault[] = [...FAULTS, ...ZONE_FAULTS];

/** What may go wrong, and the mean times between two such beginnings of which a run has one, ms. */
export interface Repertoire {
  readonly faults: readonly Fault[];
  readonly meanPausesMs: readonly number[];
  /** Of a thousand ways a run has so many, one of these numbers. */
  readonly sharesPerMille: readonly number[];
  /** None of them begins again before it is over. */
  readonly isOneOfEach: boolean;
}

/** What goes wrong anywhere, at any time. */
export function drawnFaults(hasZones: boolean): Repertoire {
  return {
    faults: hasZones ? FAULTS_WITH_ZONES : FAULTS,
    meanPausesMs: [2500, 6000, 15_000],
    sharesPerMille: [250, 500, 1000],
    isOneOfEach: false,
  };
}

/**
 * Lets things go wrong, several at a time. Each run has some of the ways and not the others, and its own pace: what only shows when one of them never
 * happens shows too.
 */
export class Nemesis {
  readonly #around: FaultSurroundings;
  readonly #trace: Trace;
  readonly #faults: readonly Fault[];
  readonly #meanPauseMs: number;
  readonly #isOneOfEach: boolean;
  readonly #running = new Map<() => void, Fault>();
  #isOver = false;

  constructor(around: FaultSurroundings, trace: Trace, repertoire: Repertoire) {
    const { faults, meanPausesMs, sharesPerMille, isOneOfEach } = repertoire;
    this.#around = around;
    this.#isOneOfEach = isOneOfEach;
    this.#trace = trace;
    const { random, cluster } = around;
    const possible = faults.filter(({ leastRegions }) => cluster.regions.length >= leastRegions);
    const share = random.pick(sharesPerMille);
    const drawn = possible.filter(() => random.perMille(share));
    this.#faults = drawn.length === 0 ? [random.pick(possible)] : drawn;
    this.#meanPauseMs = random.pick(meanPausesMs);
  }

  /** The names of what may go wrong in this run. */
  get faults(): readonly string[] {
    return this.#faults.map(({ name }) => name);
  }

  start(): void {
    const { random, time } = this.#around;
    time.schedule(random.exponential(this.#meanPauseMs), () => {
      if (this.#isOver) return;
      const fault = this.#pick();
      if (!this.#isOneOfEach || ![...this.#running.values()].includes(fault)) this.#begin(fault);
      this.start();
    });
  }

  /** Everything is whole again, at once. */
  heal(): void {
    this.#isOver = true;
    for (const end of [...this.#running.keys()]) end();
    for (const region of this.#around.cluster.regions) this.#around.cluster.start(region);
  }

  #pick(): Fault {
    const { random } = this.#around;
    let rest = random.below(this.#faults.reduce((sum, { weight }) => sum + weight, 0));
    for (const fault of this.#faults) {
      if (rest < fault.weight) return fault;
      rest -= fault.weight;
    }
    throw new Error("no fault to pick");
  }

  #begin(fault: Fault): void {
    const { random, time, meanDurationMs } = this.#around;
    const { where, end } = fault.begin(this.#around);
    this.#trace.note(`fault: ${fault.name}`, where);
    const finish = () => {
      if (!this.#running.delete(finish)) return;
      this.#trace.note(`over: ${fault.name}`, where);
      end();
    };
    this.#running.set(finish, fault);
    time.schedule(random.exponential(meanDurationMs), finish);
  }
}
