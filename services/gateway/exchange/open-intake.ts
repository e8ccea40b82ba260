import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { Admission } from "../intake/admission.ts";
import { AutoFunding } from "../intake/auto-funding.ts";
import type { OutboxQueue } from "../intake/outbox-queue.ts";
import { RegionIntake } from "../intake/region-intake.ts";
import { ShardIntake } from "../intake/shard-intake.ts";
import { createOrderIds } from "../order-ids.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { GatewayShard } from "./gateway-shard.ts";

const TIMES = { validityMs: 60_000, queuedValidityMs: 15 * 60_000, timeoutMs: 5000 };
const FUNDING_MS = 5000;
const MAX_WAITING_COMMANDS = 10_000;

export interface IntakeDependencies {
  readonly shards: readonly GatewayShard[];
  /** This Region's place among all: part of every order id. */
  readonly regionIndex: number;
  readonly view: ExchangeView;
  readonly queue: OutboxQueue;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics?: Metrics | undefined;
  readonly tracing?: Tracing | undefined;
  readonly onFailure: (error: unknown) => void;
}

/** The way into every shard from this Region. */
export function openIntake(dependencies: IntakeDependencies): RegionIntake {
  const { shards, regionIndex, view, queue, counters, clock, random, metrics, onFailure } = dependencies;
  const intakes = shards.map(
    (shard) =>
      new ShardIntake({
        route: shard.route,
        log: shard.log,
        remote: shard.remote,
        journal: shard.journal,
        view: shard.view,
        queue,
        // One bound a shard, wherever its orders come in.
        admission: new Admission(() => Math.max(shard.unjournaledMs(), shard.unjournaledAtOwnerMs())),
        clock,
        ...(metrics === undefined ? {} : { metrics }),
        tracing: dependencies.tracing,
        times: TIMES,
        maxWaiting: MAX_WAITING_COMMANDS,
        onFailure,
      }),
  );
  const byShard = new Map<ShardId, ShardIntake>(intakes.map((intake) => [intake.shard, intake]));
  const funding = new AutoFunding({ view, shards: byShard, clock, timeoutMs: FUNDING_MS });
  return new RegionIntake({
    shards: intakes,
    funding,
    shardOf: (market) => view.shardOf(market)?.shard,
    random,
    mintOrderId: createOrderIds(counters, regionIndex, 0),
  });
}
