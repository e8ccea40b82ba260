import type { MarketOf } from "#services/publisher/bus-messages.ts";
import { BusPublisher } from "#services/publisher/bus-publisher.ts";
import type { BusPositions } from "#shared/ports/bus-positions.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { isFinalOf } from "./is-final.ts";
import type { ShardNode } from "./shard-node.ts";

export interface PublishDependencies {
  readonly bus: EventBus;
  readonly positions: BusPositions;
  readonly marketOf: MarketOf;
  readonly clock: Clock;
  readonly log: Log;
  readonly onFailure: (error: unknown) => void;
  readonly tracing?: Tracing | undefined;
}

/** Hands a shard's events to the bus, as this Region's fold knows what is final of it. */
export function publishEvents(
  node: ShardNode,
  journal: Journal,
  { log, ...dependencies }: PublishDependencies,
): Promise<BusPublisher> {
  const { shard } = node;
  return BusPublisher.start({
    ...dependencies,
    shard,
    journal,
    isFinal: isFinalOf(node),
    isFork: (branch) => node.tape.plan.fork?.branch === branch,
    onRefused: (result) => log.warn({ shard, reason: `${result.error}: ${result.message}` }, "bus-refused"),
  });
}
