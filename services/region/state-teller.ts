import type { RegionId } from "#shared/domain/ids.ts";
import { isSameData } from "#shared/domain/same-data.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { StateBoard } from "#shared/ports/state-board.ts";
import type { RegionState, ShardState } from "#shared/protocol/region-state.ts";
import type { RegionCore } from "./region-core.ts";
import type { ShardNode } from "./shard-node.ts";

export interface StateTellerDependencies {
  readonly core: RegionCore;
  readonly self: RegionId;
  readonly regions: readonly RegionId[];
  readonly board: Pick<StateBoard, "tell">;
  /** This task, by a name that no other has. */
  readonly publisher: string;
  readonly clock: Clock;
}

/** At least so often, and what has changed so soon: finality advances with every command, and one message says it for many. */
const EVERY_MS = 500;
const SOON_MS = 20;

/** Tells the Region's other tasks how its shards stand: whenever something of it has changed, and again and again, so that silence means something. */
export class StateTeller {
  readonly #dependencies: StateTellerDependencies;
  readonly #subscriptions: readonly Subscription[];
  #beat = 0;
  #told: Pick<RegionState, "shards" | "regions"> | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: Timer;

  constructor(dependencies: StateTellerDependencies) {
    const { core, clock } = dependencies;
    this.#dependencies = dependencies;
    this.#subscriptions = [...core.nodes.values()].map((node) => node.route.onChange(() => this.#look()));
    this.#timer = clock.schedule(0, () => this.#lookAgain());
  }

  stop(): void {
    this.#timer.cancel();
    for (const subscription of this.#subscriptions) subscription.cancel();
  }

  #lookAgain(): void {
    this.#look();
    this.#timer = this.#dependencies.clock.schedule(SOON_MS, () => this.#lookAgain());
  }

  #look(): void {
    const { core, self, regions, board, publisher, clock } = this.#dependencies;
    const shards = [...core.nodes.values()].map((node) => stateOf(node, core));
    const contacts = regions.map((region) => {
      const { isUp, roundTripMs } = core.contacts.of(region);
      return { region, isUp: region === self || isUp, roundTripMs: roundTripMs ?? null };
    });
    const now = clock.monotonic();
    const isNews = !isSameData(shards.map(steadyPart), this.#told?.shards.map(steadyPart));
    if (!isNews && now - this.#toldAt < EVERY_MS) return;
    this.#told = { shards, regions: contacts };
    this.#toldAt = now;
    board.tell({ publisher, beat: ++this.#beat, ...this.#told });
  }
}

/** What is told at once: ages change all the time. */
function steadyPart({ unjournaledMs, unjournaledAtOwnerMs, lagMs, ...rest }: ShardState) {
  return rest;
}

function stateOf(node: ShardNode, { contacts }: RegionCore): ShardState {
  const { shard, watermark, matching, digests, ownerSilenceMs } = node;
  const route = node.route.state();
  return {
    shard,
    route,
    isProvisional: node.isProvisional,
    unsureAfter: node.unsureAfter ?? null,
    finalSeq: watermark.finalSeq,
    watermark: watermark.current ?? null,
    unjournaledMs: matching.unjournaled.ageMs,
    unjournaledAtOwnerMs: route.kind === "remote" ? contacts.unjournaledMs(route.owner, shard) : 0,
    lineage: node.record?.lineage ?? [],
    lagMs: Number.isFinite(ownerSilenceMs) ? Math.round(ownerSilenceMs) : null,
    isReconciling: node.reconciler.isReconciling(),
    digest: digests.newest(1)[0],
  };
}
