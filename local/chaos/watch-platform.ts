import type { Clock, Timer } from "#shared/ports/clock.ts";
import { BACKPRESSURE } from "#shared/protocol/region-messages.ts";
import type { ZoneFailover } from "../region-process/region-observation.ts";
import type { ControlClient } from "../supervisor/control-client.ts";
import type { PlatformStatus } from "../supervisor/platform-control.ts";

/** A shard that another Region came to own. */
export interface OwnerChange {
  /** Monotonic ms. */
  readonly at: number;
  readonly shard: string;
  readonly from: string;
  readonly to: string;
  readonly epoch: number;
}

/** What waited in the platform at a moment. */
export interface Backlog {
  /** Monotonic ms. */
  readonly at: number;
  /** Outcomes that no journal had, in the Region where most waited. */
  readonly events: number;
  /** Orders in outboxes, of all Regions. */
  readonly orders: number;
}

/** What the platform told of itself while it was watched. */
export interface Watched {
  readonly backlog: readonly Backlog[];
  /** The worst level of admission control. */
  readonly backpressure: (typeof BACKPRESSURE)[number];
  readonly tapeDivergences: number;
  readonly ownerChanges: readonly OwnerChange[];
  readonly failovers: readonly (ZoneFailover & { readonly region: string })[];
}

const EVERY_MS = 100;

/** Asks the platform again and again how it stands. A supervisor that does not answer is asked on. */
export class PlatformWatch {
  readonly #control: ControlClient;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #backlog: Backlog[] = [];
  readonly #ownerChanges: OwnerChange[] = [];
  readonly #failovers = new Map<string, ZoneFailover & { readonly region: string }>();
  /** By shard: the newest reign that any Region told of. */
  readonly #owners = new Map<string, { readonly owner: string; readonly epoch: number }>();
  #divergencesBefore: number | undefined;
  #divergences = 0;
  #backpressure = 0;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(control: ControlClient, clock: Clock) {
    this.#control = control;
    this.#clock = clock;
    this.#startedAt = clock.now();
    void this.#look();
  }

  /** What it saw. It is asked no more. */
  async stop(): Promise<Watched> {
    await this.#ask();
    this.#isStopped = true;
    this.#timer?.cancel();
    return {
      backlog: this.#backlog,
      backpressure: BACKPRESSURE[this.#backpressure] ?? "ok",
      tapeDivergences: this.#divergences - (this.#divergencesBefore ?? 0),
      ownerChanges: this.#ownerChanges,
      failovers: [...this.#failovers.values()],
    };
  }

  async #look(): Promise<void> {
    await this.#ask();
    if (!this.#isStopped) this.#timer = this.#clock.schedule(EVERY_MS, () => void this.#look());
  }

  async #ask(): Promise<void> {
    const status = await this.#control.status().catch(() => undefined);
    if (status !== undefined && !this.#isStopped) this.#take(status);
  }

  #take({ regions, tapeDivergences }: PlatformStatus): void {
    const at = this.#clock.monotonic();
    this.#divergencesBefore ??= tapeDivergences;
    this.#divergences = tapeDivergences;
    const events: number[] = [];
    let orders = 0;
    for (const { region, observation } of regions) {
      if (observation === null) continue;
      const { shards, failovers } = observation;
      events.push(sum(shards.map(({ unjournaled }) => unjournaled)));
      orders += sum(shards.map(({ queued }) => queued));
      for (const { backpressure } of shards)
        this.#backpressure = Math.max(this.#backpressure, BACKPRESSURE.indexOf(backpressure));
      for (const { shard, owner, epoch } of shards) this.#takeOwner(at, shard, owner, epoch);
      for (const failover of failovers) {
        if (failover.at < this.#startedAt) continue;
        this.#failovers.set(`${region} ${failover.shard} ${failover.at}`, { ...failover, region });
      }
    }
    this.#backlog.push({ at, events: Math.max(0, ...events), orders });
  }

  #takeOwner(at: number, shard: string, owner: string, epoch: number): void {
    const known = this.#owners.get(shard);
    if (known !== undefined && known.epoch >= epoch) return;
    this.#owners.set(shard, { owner, epoch });
    if (known !== undefined && known.owner !== owner)
      this.#ownerChanges.push({ at, shard, from: known.owner, to: owner, epoch });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
