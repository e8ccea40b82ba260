import { Admission } from "#services/gateway/intake/admission.ts";
import { AutoFunding } from "#services/gateway/intake/auto-funding.ts";
import type { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import { RegionIntake } from "#services/gateway/intake/region-intake.ts";
import { ShardIntake } from "#services/gateway/intake/shard-intake.ts";
import { createOrderIds } from "#services/gateway/order-ids.ts";
import type { ExchangeView } from "#services/gateway/views/exchange-view.ts";
import type { RegionContacts } from "#services/region/region-contacts.ts";
import type { ShardNode } from "#services/region/shard-node.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import type { RunningShard } from "./start-shards.ts";

const TIMES = { validityMs: 60_000, queuedValidityMs: 15 * 60_000, timeoutMs: 5000, linkTimeoutMs: 2000 };
/** An order waits for funds from other shards so long at most. */
const FUNDING_MS = 5000;
const MAX_WAITING_COMMANDS = 10_000;

export interface IntakeDependencies {
  readonly shards: readonly RunningShard[];
  /** Says how the owners' journals stand. */
  readonly contacts: RegionContacts;
  /** None where there is one Region only. */
  readonly link: RegionLink | undefined;
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
export function startIntake(dependencies: IntakeDependencies): RegionIntake {
  const { shards, contacts, link, regionIndex, view, queue, counters, clock, random, metrics, onFailure } =
    dependencies;
  const intakes = shards.map(
    ({ node, stores, view: own }) =>
      new ShardIntake({
        route: node.route,
        log: stores.log,
        link,
        journal: stores.journal,
        view: own,
        queue,
        admission: new Admission(() => unjournaledMs(node, contacts)),
        clock,
        ...(metrics === undefined ? {} : { metrics }),
        tracing: dependencies.tracing,
        times: TIMES,
        maxWaiting: MAX_WAITING_COMMANDS,
        onFailure,
      }),
  );
  const byShard = new Map(intakes.map((intake) => [intake.shard, intake]));
  const funding = new AutoFunding({ view, shards: byShard, clock, timeoutMs: FUNDING_MS });
  return new RegionIntake({
    shards: intakes,
    funding,
    shardOf: (market) => view.shardOf(market)?.shard,
    random,
    mintOrderId: createOrderIds(counters, regionIndex, 0),
  });
}

/** One bound a shard, wherever its orders come in: the journal here, and the owner's, of which its Region tells. */
function unjournaledMs({ shard, matching, route }: ShardNode, contacts: RegionContacts): number {
  const state = route.state();
  const atOwner = state.kind === "remote" ? contacts.unjournaledMs(state.owner, shard) : 0;
  return Math.max(matching.unjournaled.ageMs, atOwner);
}
