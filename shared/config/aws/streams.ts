/** The Kinesis streams of a Region, and who may read them. Pure data: infrastructure creates it, services use it. */
export interface StreamDefinition {
  readonly name: string;
  readonly what: string;
}

/** A Region's own log: one Kinesis shard for each of Meridian's shards, addressed by explicit hash keys. */
export const COMMAND_STREAM: StreamDefinition = {
  name: "commands",
  what: "the Region's command log",
};

/** Trades, book deltas and telemetry events, for analytics and consumers outside. */
export const MARKET_STREAM: StreamDefinition = {
  name: "market-feed",
  what: "trades and book deltas for analytics",
};

/** How long commands stay at least: a Region lost for longer would lose the tail that it acknowledged and nobody else saw. */
export const RETENTION_HOURS_MIN = 7 * 24;

export const STREAMS: readonly StreamDefinition[] = [COMMAND_STREAM, MARKET_STREAM];

/** The two places of a matching task in a Region, in different zones. Which of them publishes is decided by the service, not here. */
export const ZONE_SLOTS = ["a", "b"] as const;
export type ZoneSlot = (typeof ZONE_SLOTS)[number];

/** AWS's limit of registered consumers a stream (https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html). */
export const CONSUMERS_MAX = 20;

/**
 * The enhanced fan-out consumer of a (Region, zone slot). Fixed, and leased by tasks: two tasks on one consumer take each other's
 * subscription, and a stream allows 20.
 */
export function matchingConsumer(region: string, slot: ZoneSlot): string {
  return `${region}-${slot}`;
}

/** All consumers that a Region's command stream has: those of each Region, its own included. */
export function commandStreamConsumers(regions: readonly string[]): readonly string[] {
  return regions.flatMap((region) => ZONE_SLOTS.map((slot) => matchingConsumer(region, slot)));
}
