import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { RegionStatus } from "#shared/protocol/link.ts";

export interface Contact {
  readonly isUp: boolean;
  /** Of the last answer; `undefined` where none came lately. */
  readonly roundTripMs: number | undefined;
}

export interface ContactsDependencies {
  readonly regions: readonly RegionId[];
  readonly link: RegionLink;
  readonly clock: Clock;
  /** What this Region says of itself. */
  readonly status: () => RegionStatus;
  /** How long after an answer it asks again, ms (500). */
  readonly everyMs?: number | undefined;
  /** Who has not answered for so long does not count as reachable. */
  readonly timeoutMs: number;
}

const EVERY_MS = 500;

/** Asks each of the other Regions again and again how it is, and remembers whether and how fast it answers. */
export class RegionContacts {
  readonly #dependencies: ContactsDependencies;
  readonly #roundTrips = new Map<RegionId, number>();
  /** What each said of itself last. */
  readonly #statuses = new Map<RegionId, RegionStatus>();
  readonly #listeners = new Set<() => void>();
  readonly #timers = new Set<Timer>();
  #isStopped = false;

  constructor(dependencies: ContactsDependencies) {
    this.#dependencies = dependencies;
    dependencies.link.serve("region.status", async () => dependencies.status());
  }

  start(): void {
    const { regions, link } = this.#dependencies;
    for (const region of regions) if (region !== link.self) void this.#ask(region);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
  }

  of(region: RegionId): Contact {
    if (region === this.#dependencies.link.self) return { isUp: true, roundTripMs: 0 };
    const roundTripMs = this.#roundTrips.get(region);
    return { isUp: roundTripMs !== undefined, roundTripMs };
  }

  /** The age of a shard's oldest outcome that another Region has not journaled, as that said last, ms; 0 where it does not answer. */
  unjournaledMs(region: RegionId, shard: ShardId): number {
    return this.#statuses.get(region)?.shards.find((each) => each.shard === shard)?.unjournaledMs ?? 0;
  }

  /** Called when a Region comes or goes. */
  onChange(listener: () => void): Subscription {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  async #ask(region: RegionId): Promise<void> {
    const { link, clock, status, timeoutMs, everyMs = EVERY_MS } = this.#dependencies;
    const sentAt = clock.monotonic();
    const reply = await link.request(region, "region.status", status(), timeoutMs);
    if (this.#isStopped) return;
    const wasUp = this.#roundTrips.has(region);
    if (reply.ok) {
      this.#roundTrips.set(region, Math.round(clock.monotonic() - sentAt));
      this.#statuses.set(region, reply.answer);
    } else {
      this.#roundTrips.delete(region);
      this.#statuses.delete(region);
    }
    if (wasUp !== reply.ok) for (const listener of [...this.#listeners]) listener();
    const timer = clock.schedule(everyMs, () => {
      this.#timers.delete(timer);
      void this.#ask(region);
    });
    this.#timers.add(timer);
  }
}
