import type { Redis } from "ioredis";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { MakeUsageCounter, Usage, UsageCounter } from "#shared/ports/usage-counter.ts";
import { connectRedis, type RedisOptions } from "./redis-connection.ts";

export interface RedisUsageOptions extends RedisOptions {
  /** Before every key. */
  readonly prefix: string;
  readonly clock: Clock;
}

/** So often what was counted here is added to what all have counted. */
const SHARE_MS = 100;
/** Keys that go in one journey; what is more waits for the next. */
const KEYS_AT_ONCE = 1000;
/** So often windows that are over are forgotten. */
const SWEEP_MS = 10_000;

/**
 * Adds to a key, in a window that begins with its first use, and tells the sum and what is left of the window, ms. One script, so that no other gateway comes between. What is given back after a window's end is of the one before.
 */
const ADD = `
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[2])
  if sum <= 0 then redis.call('DEL', KEYS[1]) return {0, left} end
  redis.call('PEXPIRE', KEYS[1], left)
end
return {sum, left}
`;

interface SharingRedis extends Redis {
  addUsage(key: string, amount: number, windowMs: number): Promise<[number, number]>;
}

/** A key's window as this gateway knows it. */
interface Window {
  /** What all gateways had counted when Redis said so last. */
  shared: number;
  /** What was counted here since. */
  own: number;
  /** By the monotonic clock. */
  endsAt: number;
}

/**
 * Counters that the gateways of a Region share. A use is counted at once where it happens and told to the others within a tenth of a second, so nobody waits for Redis, and what one client may do beyond a limit is what it can send to other gateways within that time.
 * While Redis is away each gateway counts by itself, and what it counted is added when it is back.
 */
export function openRedisUsage(options: RedisUsageOptions): { make: MakeUsageCounter; close(): void } {
  const { prefix, clock } = options;
  const redis = connectRedis(options, "fail") as SharingRedis;
  redis.defineCommand("addUsage", { numberOfKeys: 1, lua: ADD });
  const counters: SharedCounter[] = [];
  let timer: Timer | undefined;
  let isClosed = false;
  const shareSoon = () => {
    if (timer !== undefined || isClosed) return;
    timer = clock.schedule(SHARE_MS, () => {
      void share();
    });
  };
  const share = async () => {
    if (redis.status === "ready") await Promise.all(counters.map((counter) => counter.share(redis)));
    timer = undefined;
    if (counters.some(({ hasOwn }) => hasOwn)) shareSoon();
  };
  return {
    make: (name, windowSeconds) => {
      const counter = new SharedCounter(`${prefix}:usage:${name}:`, 1000 * windowSeconds, clock, shareSoon);
      counters.push(counter);
      return counter;
    },
    close: () => {
      isClosed = true;
      timer?.cancel();
      redis.disconnect();
    },
  };
}

class SharedCounter implements UsageCounter {
  readonly #prefix: string;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #shareSoon: () => void;
  readonly #windows = new Map<string, Window>();
  /** Those with something of their own. */
  readonly #changed = new Set<string>();
  #sweptAt: number;

  constructor(prefix: string, windowMs: number, clock: Clock, shareSoon: () => void) {
    this.#prefix = prefix;
    this.#windowMs = windowMs;
    this.#clock = clock;
    this.#shareSoon = shareSoon;
    this.#sweptAt = clock.monotonic();
  }

  get hasOwn(): boolean {
    return this.#changed.size > 0;
  }

  async add(key: string, amount: number): Promise<Usage> {
    assert(Number.isSafeInteger(amount), "use is counted in whole numbers");
    const now = this.#clock.monotonic();
    this.#sweep(now);
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      window = { shared: 0, own: 0, endsAt: now + this.#windowMs };
      this.#windows.set(key, window);
    }
    window.own += amount;
    // Also where nothing is added: who asks wants to know what the others counted.
    this.#changed.add(key);
    this.#shareSoon();
    return { used: Math.max(0, window.shared + window.own), remainingMs: window.endsAt - now };
  }

  /** What is not known to have come to Redis stays, and goes again: rather twice than never. */
  async share(redis: SharingRedis): Promise<void> {
    const keys = [...this.#changed].slice(0, KEYS_AT_ONCE);
    await Promise.all(keys.map((key) => this.#shareKey(redis, key)));
  }

  async #shareKey(redis: SharingRedis, key: string): Promise<void> {
    const window = this.#windows.get(key);
    this.#changed.delete(key);
    if (window === undefined || window.endsAt <= this.#clock.monotonic()) return;
    const sent = window.own;
    try {
      const [shared, leftMs] = await redis.addUsage(`${this.#prefix}${key}`, sent, this.#windowMs);
      window.shared = shared;
      window.own -= sent;
      window.endsAt = this.#clock.monotonic() + leftMs;
    } catch {
      // The connection tells of its errors itself.
      this.#changed.add(key);
    }
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const [key, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(key);
  }
}
