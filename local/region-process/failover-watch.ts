import type { Clock } from "#shared/ports/clock.ts";
import type { ZoneFailover } from "./region-observation.ts";

type Change = Pick<ZoneFailover, "from" | "to" | "reason">;

const KEPT = 30;

/** Measures for how long nothing of a shard is published when one zone takes over from another. */
export class FailoverWatch {
  readonly #clock: Clock;
  /** When something of a shard was published last, monotonic ms. */
  readonly #published = new Map<string, number>();
  readonly #underWay = new Map<string, Change & { readonly since: number }>();
  #failovers: readonly ZoneFailover[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last ones, oldest first. */
  get failovers(): readonly ZoneFailover[] {
    return this.#failovers;
  }

  notePublished(shard: string): void {
    const now = this.#clock.monotonic();
    this.#published.set(shard, now);
    const change = this.#underWay.get(shard);
    if (change === undefined) return;
    this.#underWay.delete(shard);
    const { since, ...rest } = change;
    const failover = { at: this.#clock.now(), shard, ...rest, ms: Math.round(now - since) };
    this.#failovers = [...this.#failovers, failover].slice(-KEPT);
  }

  noteFailover(change: Change): void {
    for (const [shard, since] of this.#published) this.#underWay.set(shard, { ...change, since });
  }
}
