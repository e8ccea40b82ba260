import { MatchingZone } from "#services/matching/zones/matching-zone.ts";
import { ZoneHub } from "#services/matching/zones/zone-hub.ts";
import type { FromZone, ToZone } from "#services/matching/zones/zone-messages.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";
import { Life } from "#test/simulation/process/life.ts";
import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";
import type { Trace } from "#test/simulation/trace.ts";
import { Gate } from "./gate.ts";
import { simulatedChannel } from "./simulated-channel.ts";

export interface SimulatedZonesOptions {
  readonly region: Life;
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly random: SimulatedRandom;
  readonly clock: Clock;
  /** How often a zone says that it lives, ms. */
  readonly beatMs: number;
}

interface Zone {
  readonly life: Life;
  readonly gate: Gate;
}

/** What a zone holds for the case that it must publish: little, so that it is asked for more. */
const RING_MAX = 200;

/**
 * The matching instances of a Region: production's, one in each of two zones, processes of their own. One publishes, the other folds along; a dead one is started
 * again; one that stood still goes on with what it was about, while the other publishes already.
 */
export class SimulatedZones {
  static readonly NAMES = ["a", "b"] as const;

  readonly hub: ZoneHub;
  readonly #options: SimulatedZonesOptions;
  readonly #zones = new Map<string, Zone>();

  constructor(options: SimulatedZonesOptions) {
    this.#options = options;
    this.hub = new ZoneHub(options);
    options.region.onEnd(() => {
      for (const { life } of this.#zones.values()) life.end();
    });
    for (const name of SimulatedZones.NAMES) this.#start(name);
  }

  /** A zone dies, and is started again after a while. */
  kill(name: string): void {
    const { trace, random, region } = this.#options;
    const zone = this.#zones.get(name);
    if (zone === undefined) return;
    trace.note("zone dies", region.name, name);
    zone.life.end();
    this.#zones.delete(name);
    region.later(random.exponential(400), () => this.#start(name));
  }

  /** A zone stands still; what comes to it waits. Gives what lets it go on. */
  freeze(name: string): () => void {
    const zone = this.#zones.get(name);
    zone?.gate.stop();
    return () => {
      if (zone !== undefined && !zone.life.isOver) zone.gate.goOn();
    };
  }

  #start(name: string): void {
    const { time, random, region, clock, trace, beatMs } = this.#options;
    const life = new Life(`${region.name} ${name}`, time);
    const gate = new Gate();
    this.#zones.set(name, { life, gate });
    trace.note("zone starts", region.name, name);
    const ends = [
      { life: region, gate: new Gate() },
      { life, gate },
    ] as const;
    const [ofRegion, ofZone] = simulatedChannel<ToZone, FromZone>(time, random, ...ends);
    this.hub.accept(ofRegion);
    new MatchingZone({
      zone: name,
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        schedule: (delayMs, task) => life.later(delayMs, () => gate.pass(task)),
      },
      open: ofZone,
      ringMax: RING_MAX,
      beatMs,
      // The Region has taken another one of the same name for it, or is about to end.
      onClose: () => {
        if (!life.isOver && this.#zones.get(name)?.life === life) this.kill(name);
      },
    });
  }
}
