import { Admission } from "#services/gateway/intake/admission.ts";
import type { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import { RegionIntake } from "#services/gateway/intake/region-intake.ts";
import { ShardIntake } from "#services/gateway/intake/shard-intake.ts";
import { ownRoute } from "#services/gateway/intake/shard-route.ts";
import { createOrderIds } from "#services/gateway/order-ids.ts";
import type { ExchangeView } from "#services/gateway/views/exchange-view.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RunningShard } from "./start-shard.ts";

const TIMES = { validityMs: 60_000, queuedValidityMs: 15 * 60_000, timeoutMs: 5000, linkTimeoutMs: 2000 };
const MAX_WAITING_COMMANDS = 10_000;

export interface IntakeDependencies {
  readonly shards: readonly RunningShard[];
  readonly view: ExchangeView;
  readonly queue: OutboxQueue;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly onFailure: (error: unknown) => void;
}

/** The way into shards that this Region owns alone. */
export function startIntake(dependencies: IntakeDependencies): RegionIntake {
  const { shards, view, queue, counters, clock, random, onFailure } = dependencies;
  return new RegionIntake({
    shards: shards.map(
      ({ matching, stores, branch, view: own }) =>
        new ShardIntake({
          route: ownRoute(own.shard, branch),
          log: stores.log,
          link: undefined,
          journal: stores.journal,
          view: own,
          queue,
          admission: new Admission(() => matching.unjournaledMs),
          clock,
          times: TIMES,
          maxWaiting: MAX_WAITING_COMMANDS,
          onFailure,
        }),
    ),
    shardOf: (market) => view.shardOf(market)?.shard,
    random,
    mintOrderId: createOrderIds(counters, 0, 0),
  });
}
