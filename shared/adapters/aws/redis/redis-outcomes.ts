import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { OutcomeSink, OutcomeSource, Rewound } from "#shared/ports/outcome-feed.ts";
import { connectRedis, type RedisOptions } from "./redis-connection.ts";
import { framed, unframed } from "./redis-frames.ts";

export interface RedisOutcomesOptions extends RedisOptions {
  /** Before every channel. */
  readonly prefix: string;
}

/** A message holds so many outcomes at most: those of one turn, and of no more bytes than Redis passes on at once. */
const OUTCOMES_MAX = 200;
/** Messages that may be on their way to Redis at a time; beyond that it is not keeping up, and they are dropped as if it were away. */
const PENDING_MAX = 10_000;

/**
 * Tells a Region's gateways what is folded, over one Redis channel a shard. At most once: while Redis is away nothing is told and nothing waits, and whoever listens repairs the gap from the
 * journal.
 */
export function createRedisOutcomes(options: RedisOutcomesOptions & { readonly clock: Clock }): {
  of(shard: ShardId): OutcomeSink;
  close(): void;
} {
  const { prefix, clock } = options;
  const redis = connectRedis(options, "fail");
  const waiting = new Map<ShardId, Outcome[]>();
  let pending = 0;
  const send = (shard: ShardId, message: Buffer) => {
    if (redis.status !== "ready" || pending >= PENDING_MAX) return;
    pending++;
    const done = () => void pending--;
    redis.publish(channelOf(prefix, shard), message).then(done, done);
  };
  const flush = (shard: ShardId) => {
    const outcomes = waiting.get(shard) ?? [];
    waiting.delete(shard);
    if (outcomes.length > 0) send(shard, framed(OUTCOMES, outcomes.map(encodeOutcome)));
  };
  return {
    of: (shard) => ({
      publish: (outcome) => {
        const own = waiting.get(shard);
        if (own === undefined) {
          waiting.set(shard, [outcome]);
          // What is folded in one turn goes together.
          clock.schedule(0, () => flush(shard));
          return;
        }
        own.push(outcome);
        if (own.length >= OUTCOMES_MAX) flush(shard);
      },
      rewind: ({ toSeq }) => {
        flush(shard);
        send(shard, framed(REWOUND, [new TextEncoder().encode(String(toSeq))]));
      },
    }),
    close: () => redis.disconnect(),
  };
}

export interface HeardOutcomes {
  of(shard: ShardId): OutcomeSource;
  /** True while what is told comes in. */
  readonly isConnected: boolean;
  close(): void;
}

/** Hears what a Region's fold is, of these shards. Messages may be lost with the connection, and come twice where two tasks publish. */
export function openRedisOutcomes(
  options: RedisOutcomesOptions & { readonly shards: readonly ShardId[] },
): HeardOutcomes {
  const { prefix, shards } = options;
  const redis = connectRedis(options, "stay");
  const listeners = new Map<string, Set<Listener>>(
    shards.map((shard) => [channelOf(prefix, shard), new Set()]),
  );
  redis.on("messageBuffer", (channel: Buffer, message: Buffer) => {
    const name = channel.toString();
    const own = listeners.get(name);
    if (own === undefined || own.size === 0) return;
    const { kind, parts } = unframed(message);
    if (kind === OUTCOMES) {
      for (const outcome of parts.map(decodeOutcome))
        for (const entry of [...own]) if (own.has(entry)) entry.listener(outcome);
    } else if (kind === REWOUND) {
      const toSeq = Number(new TextDecoder().decode(parts[0])) as Seq;
      const shard = name.slice(channelOf(prefix, "" as ShardId).length) as ShardId;
      for (const entry of [...own]) if (own.has(entry)) entry.onRewind?.({ shard, toSeq });
    }
  });
  // Made again by the connection whenever it is; nobody waits for a Redis that is away.
  redis.subscribe(...listeners.keys()).catch(() => {});
  return {
    of: (shard) => ({
      subscribe: (listener, onRewind) => {
        const entry: Listener = { listener, onRewind };
        const own = listeners.get(channelOf(prefix, shard));
        own?.add(entry);
        return { cancel: () => void own?.delete(entry) };
      },
    }),
    get isConnected() {
      return redis.status === "ready";
    },
    close: () => redis.disconnect(),
  };
}

interface Listener {
  readonly listener: (outcome: Outcome) => void;
  readonly onRewind: ((rewound: Rewound) => void) | undefined;
}

const OUTCOMES = 1;
const REWOUND = 2;

function channelOf(prefix: string, shard: ShardId): string {
  return `${prefix}:outcomes:${shard}`;
}
