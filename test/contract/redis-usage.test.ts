import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type RedisServer, startRedis } from "#local/aws-local/start-redis.ts";
import { OrderLimiter } from "#services/gateway/rest/order-limiter.ts";
import { RATE_LIMITS } from "#services/gateway/rest/rate-limit-config.ts";
import { connectRedis } from "#shared/adapters/aws/redis/redis-connection.ts";
import { openRedisUsage } from "#shared/adapters/aws/redis/redis-usage.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { UsageCounter } from "#shared/ports/usage-counter.ts";
import { eventually } from "#test/support/eventually.ts";

const TOKEN = "a token that Redis asks for";

describe("use that several gateways count together, over Redis", function () {
  this.timeout(30_000);
  const clock = systemClock();
  const closers: (() => unknown)[] = [];
  let server: RedisServer;

  before(async () => {
    server = await startRedis({ clock, token: TOKEN });
  });
  after(async () => {
    for (const close of closers.reverse()) await close();
    await server.stop();
  });

  const gateway = (prefix = "test") => {
    const usage = openRedisUsage({ url: server.redisUrl, token: TOKEN, prefix, clock, onError: () => {} });
    closers.push(() => usage.close());
    return usage;
  };
  const used = async (counter: UsageCounter, key: string) => (await counter.add(key, 0)).used;
  const pairOf = (name: string, windowSeconds: number) =>
    [gateway().make(name, windowSeconds), gateway().make(name, windowSeconds)] as const;

  it("counts at once where it happens, and soon at every other gateway; by name and by key", async () => {
    const [one, other] = pairOf("weight", 60);
    const elsewhere = gateway("another-environment").make("weight", 60);
    const named = gateway().make("orders", 60);
    expect((await one.add("a", 5)).used).to.equal(5);
    expect((await one.add("a", 2)).used).to.equal(7);
    await other.add("a", 3);
    await eventually(async () => (await used(one, "a")) === 10 && (await used(other, "a")) === 10);
    const { remainingMs } = await other.add("a", 0);
    expect(remainingMs).to.be.within(30_000, 60_000);
    await Promise.all([elsewhere.add("a", 1), named.add("a", 1), one.add("b", 1)]);
    await eventually(async () => (await used(other, "b")) === 1);
    expect(await Promise.all([used(elsewhere, "a"), used(named, "a")])).to.deep.equal([1, 1]);
  });

  it("gives back, and begins a new window at every gateway when one is over", async () => {
    const [one, other] = pairOf("short", 1);
    await one.add("a", 4);
    await one.add("a", -3);
    await eventually(async () => (await used(other, "a")) === 1);
    await eventually(async () => (await used(one, "a")) === 0 && (await used(other, "a")) === 0);
    // What comes back after its window's end is of the one before, and is owed to nobody.
    await one.add("a", -1);
    await other.add("a", 2);
    await eventually(async () => (await used(one, "a")) === 2);
  });

  it("goes on alone while Redis is away, and adds what it counted when it is back", async () => {
    const [one, other] = pairOf("alone", 60);
    await one.add("a", 1);
    await eventually(async () => (await used(other, "a")) === 1);
    const { port } = server;
    await server.kill();
    expect((await one.add("a", 2)).used).to.equal(3);
    expect((await other.add("a", 4)).used).to.equal(5);
    server = await startRedis({ clock, token: TOKEN, port });
    // It comes back empty: what each counted while it was away stands, and no more.
    await eventually(async () => (await used(one, "a")) === 6 && (await used(other, "a")) === 6);
  });

  it("tells again what Redis did not take", async () => {
    const alone = await startRedis({ clock });
    closers.push(() => alone.stop());
    const options = { url: alone.redisUrl, onError: () => {} };
    const usage = openRedisUsage({ ...options, prefix: "full", clock });
    const admin = connectRedis(options, "wait");
    closers.push(
      () => usage.close(),
      () => admin.disconnect(),
    );
    const counter = usage.make("weight", 60);
    const known = async (key: string) => {
      const [name = ""] = await admin.keys(`*:${key}`);
      return Number((await admin.get(name)) ?? 0);
    };
    await counter.add("before", 1);
    await eventually(async () => (await known("before")) === 1);
    await admin.config("SET", "maxmemory", "1");
    await counter.add("refused", 3);
    await eventually(async () => (await admin.info("errorstats")).includes("errorstat_OOM"));
    await admin.config("SET", "maxmemory", "0");
    await eventually(async () => (await known("refused")) === 3);
  });

  it("holds an account to one limit of orders, by whichever gateway they come", async () => {
    const config = { ...RATE_LIMITS.binance, ordersPer10Seconds: 4 };
    const limiters = [gateway(), gateway()].map(({ make }) => new OrderLimiter(config, make));
    const place = (at: number) =>
      limiters[at]?.count(7 as AccountId, undefined, async () => "placed").catch((error) => error.entry.code);
    const counted = async (at: number) => (await limiters[at]?.usage(7 as AccountId))?.[0]?.count;
    for (const at of [0, 1, 0, 1]) expect(await place(at)).to.equal("placed");
    await eventually(async () => (await counted(0)) === 4 && (await counted(1)) === 4);
    expect([await place(0), await place(1)]).to.deep.equal([-1015, -1015]);
  });
});
