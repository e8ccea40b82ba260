import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type RedisServer, startRedis } from "#local/aws-local/start-redis.ts";
import { createRedisOutcomes, openRedisOutcomes } from "#shared/adapters/aws/redis/redis-outcomes.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import { outcomeFeedContract } from "./outcome-feed-contract.ts";
import { sampleOutcome, sampleOutcomes } from "./support/sample-outcomes.ts";

const SHARD = "shard-1" as ShardId;
const OTHER = "shard-2" as ShardId;
const TOKEN = "a token that Redis asks for";

describe("outcomes over Redis", function () {
  this.timeout(30_000);
  const clock = systemClock();
  const closers: (() => unknown)[] = [];
  let server: RedisServer;

  before(async () => {
    server = await startRedis({ clock, token: TOKEN });
  });
  after(async () => {
    for (const close of closers.reverse()) close();
    await server.stop();
  });

  let feeds = 0;
  outcomeFeedContract("Redis", async () => {
    const options = { url: server.redisUrl, token: TOKEN, prefix: `feed-${++feeds}`, onError: () => {} };
    const publisher = createRedisOutcomes({ ...options, clock });
    const gateway = openRedisOutcomes({ ...options, shards: [SHARD, OTHER] });
    closers.push(() => publisher.close());
    closers.push(() => gateway.close());
    let isHeard = false;
    const { cancel } = gateway.of(OTHER).subscribe(() => {
      isHeard = true;
    });
    await eventually(() => {
      publisher.of(OTHER).publish(sampleOutcome(1));
      return isHeard;
    });
    cancel();
    return { ...publisher.of(SHARD), ...gateway.of(SHARD) };
  });

  it("come to every gateway in order, shard by shard, with where the tape went back, and again after Redis was gone", async () => {
    const options = { url: server.redisUrl, token: TOKEN, prefix: "test", onError: () => {} };
    const publisher = createRedisOutcomes({ ...options, clock });
    closers.push(() => publisher.close());
    const heard: (Outcome | number)[][] = [[], []];
    /** Who listens by now. */
    const warm = new Set<object>();
    for (const list of heard) {
      const gateway = openRedisOutcomes({ ...options, shards: [SHARD, OTHER] });
      closers.push(() => gateway.close());
      gateway.of(SHARD).subscribe(
        (outcome) => (outcome.seq === 0 ? warm.add(list) : list.push(outcome)),
        ({ toSeq }) => list.push(toSeq),
      );
    }
    // At most once: what is told before somebody listens is not heard.
    await eventually(async () => {
      publisher.of(SHARD).publish(sampleOutcome(0));
      await new Promise<void>((resolve) => clock.schedule(20, resolve));
      return warm.size === heard.length;
    });
    publisher.of(OTHER).publish(sampleOutcome(1));
    for (const outcome of sampleOutcomes(1, 450)) publisher.of(SHARD).publish(outcome);
    publisher.of(SHARD).rewind({ shard: SHARD, toSeq: 400 as Seq });
    publisher.of(SHARD).publish(sampleOutcome(401, "eu-west-1.1"));
    await eventually(() => heard.every((list) => list.length >= 452));
    const all = [...sampleOutcomes(1, 450), 400, sampleOutcome(401, "eu-west-1.1")];
    for (const list of heard) expect(list).to.deep.equal(all);

    const { port } = server;
    await server.kill();
    publisher.of(SHARD).publish(sampleOutcome(402));
    server = await startRedis({ clock, token: TOKEN, port });
    await eventually(async () => {
      publisher.of(SHARD).publish(sampleOutcome(403));
      await new Promise<void>((resolve) => clock.schedule(50, resolve));
      return heard.every((list) => list.length > all.length);
    });
    for (const list of heard)
      expect(list[all.length], "what was told while it was gone is lost").to.include({ seq: 403 });
  });
});
