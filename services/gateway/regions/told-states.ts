import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { isSameData } from "#shared/domain/same-data.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { StateBoard } from "#shared/ports/state-board.ts";
import type { RegionContact, RegionState, RouteState, ShardState } from "#shared/protocol/region-state.ts";
import type { ShardRoute } from "../intake/shard-route.ts";
import type { RegionStatusSource, ShardFinality } from "./region-status-source.ts";

export interface ToldStatesDependencies {
  readonly self: RegionId;
  /** All of the installation, in their order. */
  readonly regions: readonly RegionId[];
  readonly shards: readonly ShardId[];
  readonly board: Pick<StateBoard, "listen">;
  readonly clock: Clock;
}

interface Told {
  readonly publisher: string;
  readonly beat: number;
  readonly state: ShardState;
  /** When something new was heard last, by this task's monotonic clock. */
  readonly at: number;
}

/**
 * For so long commands go where they went: the log takes them while nobody matches, and each names its branch, so what is out of date costs time and no more. Then they wait in the outbox, and their
 * clients see that they do.
 */
export const STALE_MS = 10_000;
const LOOK_MS = 500;
const UNREACHABLE: RouteState = { kind: "unreachable" };

/** What a task of a Region knows of its shards by what the publishing task tells: routes, what is final, who owns what. How old that is it judges by its own clock alone. */
export class ToldStates {
  readonly #dependencies: ToldStatesDependencies;
  readonly #told = new Map<ShardId, Told>();
  readonly #shown = new Map<ShardId, RouteState>();
  readonly #routeListeners = new Map<ShardId, Set<() => void>>();
  readonly #finalListeners = new Map<ShardId, Set<() => void>>();
  readonly #changeListeners = new Set<() => void>();
  readonly #subscription: Subscription;
  #contacts: readonly RegionContact[] = [];
  #timer: Timer;

  constructor(dependencies: ToldStatesDependencies) {
    this.#dependencies = dependencies;
    this.#subscription = dependencies.board.listen((state) => this.#take(state));
    this.#timer = this.#lookLater();
  }

  stop(): void {
    this.#subscription.cancel();
    this.#timer.cancel();
  }

  /** Resolves when every shard was told of, and its owner is known. */
  async known(): Promise<void> {
    const { shards, clock } = this.#dependencies;
    while (shards.some((shard) => (this.of(shard)?.lineage.length ?? 0) === 0))
      await new Promise<void>((resolve) => clock.schedule(20, resolve));
  }

  /** What was told last of a shard. */
  of(shard: ShardId): ShardState | undefined {
    return this.#told.get(shard)?.state;
  }

  /** The Region that owns it; `undefined` until it is known. */
  owner(shard: ShardId): RegionId | undefined {
    return this.of(shard)?.lineage.at(-1)?.owner;
  }

  route(shard: ShardId): ShardRoute {
    return {
      shard,
      state: () => this.#routeOf(shard),
      onChange: (listener) => listen(this.#routeListeners, shard, listener),
    };
  }

  finality(shard: ShardId): ShardFinality {
    const of = () => this.of(shard);
    return {
      get finalSeq() {
        return of()?.finalSeq ?? 0;
      },
      get current() {
        return of()?.watermark ?? undefined;
      },
      onAdvance: (listener) => listen(this.#finalListeners, shard, listener),
    };
  }

  /** For what a gateway shows. A shard is moved by `promote`, which only the publishing task can do. */
  source(promote: RegionStatusSource["promote"]): RegionStatusSource {
    const { self, regions } = this.#dependencies;
    return {
      self,
      regions: () =>
        regions.map((region) => {
          const contact = this.#contacts.find((one) => one.region === region);
          const isUp = region === self || contact?.isUp === true;
          return { region, isUp, roundTripMs: region === self ? 0 : (contact?.roundTripMs ?? undefined) };
        }),
      ownershipOf: (shard) => {
        const lineage = this.of(shard)?.lineage ?? [];
        const last = lineage.at(-1);
        assert(last !== undefined, `the ownership of ${shard} is known before it is shown`);
        return { owner: last.owner, epoch: last.epoch, branch: last.branch, lineage };
      },
      lagMs: (shard) => this.of(shard)?.lagMs ?? undefined,
      isReconciling: (shard) => this.of(shard)?.isReconciling === true,
      onChange: (listener) => {
        this.#changeListeners.add(listener);
        return { cancel: () => this.#changeListeners.delete(listener) };
      },
      promote,
    };
  }

  #routeOf(shard: ShardId): RouteState {
    const told = this.#told.get(shard);
    if (told === undefined || this.#dependencies.clock.monotonic() - told.at > STALE_MS) return UNREACHABLE;
    return told.state.route;
  }

  #take({ publisher, beat, regions, shards }: RegionState): void {
    const at = this.#dependencies.clock.monotonic();
    let hasNews = false;
    for (const state of shards) {
      const before = this.#told.get(state.shard);
      if (before?.publisher === publisher && before.beat >= beat) continue;
      // Of two that publish for a moment the one that knows more is right: neither goes back behind what is final.
      if (before !== undefined && isBehind(state, before.state)) continue;
      this.#told.set(state.shard, { publisher, beat, state, at });
      hasNews = true;
      if (before === undefined || state.finalSeq > before.state.finalSeq)
        tell(this.#finalListeners, state.shard);
      this.#tellRoute(state.shard, before?.state.isProvisional !== state.isProvisional);
    }
    if (!hasNews) return;
    const isSame = isSameData(
      this.#contacts.map(({ region, isUp }) => ({ region, isUp })),
      regions.map(({ region, isUp }) => ({ region, isUp })),
    );
    this.#contacts = regions;
    if (!isSame) for (const listener of [...this.#changeListeners]) listener();
  }

  #tellRoute(shard: ShardId, isOtherwise: boolean): void {
    const route = this.#routeOf(shard);
    if (!isOtherwise && isSameData(route, this.#shown.get(shard))) return;
    this.#shown.set(shard, route);
    tell(this.#routeListeners, shard);
    for (const listener of [...this.#changeListeners]) listener();
  }

  /** What was told grows old without anybody saying so. */
  #lookLater(): Timer {
    return this.#dependencies.clock.schedule(LOOK_MS, () => {
      for (const shard of this.#told.keys()) this.#tellRoute(shard, false);
      this.#timer = this.#lookLater();
    });
  }
}

function isBehind(state: ShardState, known: ShardState): boolean {
  const epoch = ({ lineage }: ShardState) => lineage.at(-1)?.epoch ?? 0;
  return epoch(state) < epoch(known);
}

function listen(
  listeners: Map<ShardId, Set<() => void>>,
  shard: ShardId,
  listener: () => void,
): Subscription {
  const own = listeners.get(shard) ?? new Set();
  listeners.set(shard, own);
  own.add(listener);
  return { cancel: () => own.delete(listener) };
}

function tell(listeners: ReadonlyMap<ShardId, ReadonlySet<() => void>>, shard: ShardId): void {
  for (const listener of [...(listeners.get(shard) ?? [])]) listener();
}
