import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { Server } from "socket.io";
import { io as connect, type Socket } from "socket.io-client";
import { type RedisServer, startRedis } from "#local/aws-local/start-redis.ts";
import { joinRedisFanout } from "#shared/adapters/aws/redis/join-redis-fanout.ts";
import {
  type AttachedRedis,
  attachRedis,
  createRedisFanout,
} from "#shared/adapters/aws/redis/redis-fanout.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Fanout } from "#shared/ports/fanout.ts";
import { FeedClient } from "#shared/protocol/feed-client.ts";
import type { Place, ResyncAnswer, ResyncRequest } from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";

const FEED = "BTCUSDT";

interface Gateway<Redis extends AttachedRedis = AttachedRedis> {
  readonly url: string;
  readonly redis: Redis;
}

/** One client of a feed, by the rules that every client follows. */
interface Follower {
  readonly seqs: number[];
  readonly socket: Socket;
  disconnects: number;
  gaps: number;
}

describe("fan-out over Redis, with gateways of their own", function () {
  this.timeout(60_000);
  const clock = systemClock();
  const closers: (() => unknown)[] = [];
  let server: RedisServer;
  /** All that was ever told: what a gateway's journal holds. */
  let told: Place[] = [];

  before(async () => {
    server = await startRedis({ clock });
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    told = [];
  });
  after(() => server.stop());

  // That it is away is what the tests are about.
  const options = () => ({ url: server.redisUrl, onError: () => {} });

  async function gateway<Redis extends AttachedRedis = AttachedRedis>(
    attach: (io: Server) => Redis = (io) => attachRedis(io, options()) as Redis,
  ): Promise<Gateway<Redis>> {
    const http = createServer();
    const io = new Server(http, { serveClient: false });
    const redis = attach(io);
    io.on("connection", (socket) => {
      socket.on("subscribe", async (feed: string, done: (place: Place | null) => void) => {
        await socket.join(feed);
        done(told.at(-1) ?? null);
      });
      socket.on("resync", ({ seq }: ResyncRequest, done: (answer: ResyncAnswer) => void) => {
        const last = told.at(-1)?.seq ?? 0;
        done({ outcome: "missed", seq: last } as ResyncAnswer);
        for (const place of told.filter((each) => each.seq > seq && each.seq <= last))
          socket.emit("trade", place);
      });
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    closers.push(async () => {
      await redis.close();
      io.disconnectSockets(true);
      await io.close();
    });
    await eventually(() => redis.isConnected);
    return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, redis };
  }

  async function follow({ url }: Gateway): Promise<Follower> {
    const socket = connect(url, { transports: ["websocket"], reconnection: false });
    closers.push(() => socket.close());
    const follower: Follower = { seqs: [], socket, disconnects: 0, gaps: 0 };
    const feed = new FeedClient(FEED);
    socket.on("disconnect", () => follower.disconnects++);
    socket.on("trade", (place: Place) => {
      const verdict = feed.receive(place);
      if (verdict === "apply") follower.seqs.push(place.seq);
      if (verdict !== "gap") return;
      follower.gaps++;
      socket.emit("resync", feed.resyncRequest(), (answer: ResyncAnswer) => feed.resynced(answer));
    });
    await new Promise<void>((resolve) => {
      socket.emit("subscribe", FEED, (place: Place | null) => {
        if (place === null) feed.startFresh();
        else feed.startAt(place);
        resolve();
      });
    });
    return follower;
  }

  function publisher() {
    const fanout = createRedisFanout(options());
    closers.push(() => fanout.close());
    return { fanout, tell: nextOf(fanout) };
  }

  /** Tells the next of the feed; false if it is lost. */
  function nextOf(fanout: Pick<Fanout, "emit">): () => boolean {
    return () => {
      const seq = told.length + 1;
      const place: Place = {
        shard: "crypto-1",
        branch: "us-east-1.1",
        seq,
        index: 0,
        previousSeq: seq === 1 ? null : seq - 1,
      } as Place;
      told.push(place);
      return fanout.emit(FEED, "trade", place);
    };
  }

  it("tells every follower at every gateway, in order, and nobody who does not follow", async () => {
    const gateways = [await gateway(), await gateway()];
    const followers = await Promise.all(gateways.map(follow));
    const stranger = connect(String(gateways[0]?.url), { transports: ["websocket"] });
    closers.push(() => stranger.close());
    let strange = 0;
    stranger.onAny(() => strange++);
    const { fanout, tell } = publisher();
    await eventually(() => fanout.isConnected);
    for (let count = 0; count < 100; count++) expect(tell()).to.equal(true);
    await eventually(() => followers.every(({ seqs }) => seqs.length === 100));
    for (const { seqs, gaps } of followers) {
      expect(seqs).to.deep.equal(told.map(({ seq }) => seq));
      expect(gaps).to.equal(0);
    }
    expect(strange).to.equal(0);
  });

  it("keeps every socket while Redis is killed and comes back under load, and clients mend their feeds by seq", async () => {
    const gateways = [await gateway(), await gateway()];
    const followers = await Promise.all([...gateways, ...gateways].map(follow));
    const { fanout, tell } = publisher();
    await eventually(() => fanout.isConnected);
    for (let count = 0; count < 50; count++) tell();
    await eventually(() => followers.every(({ seqs }) => seqs.length === 50));
    const { port } = server;
    await server.kill();
    await eventually(() => !tell());
    let lost = 0;
    for (let count = 0; count < 500; count++) if (!tell()) lost++;
    expect(lost).to.equal(500);
    server = await startRedis({ clock, port });
    // The load goes on: with the first message that comes through, each client sees its gap.
    await eventually(() => {
      tell();
      return followers.every(({ gaps }) => gaps > 0);
    });
    const last = told.length;
    await eventually(() => {
      tell();
      return followers.every(({ seqs }) => (seqs.at(-1) ?? 0) > last);
    });
    for (const { seqs, disconnects, socket } of followers) {
      expect(disconnects, "no socket was lost").to.equal(0);
      expect(socket.connected).to.equal(true);
      expect(seqs, "nothing missed, doubled or out of order").to.deep.equal(
        told.slice(0, seqs.length).map(({ seq }) => seq),
      );
    }
  });

  it("tells a quiet feed's followers what they missed as soon as Redis is back, without waiting for the next message", async () => {
    const joined = await gateway((io) => joinRedisFanout(io, { ...options(), clock }));
    const follower = await follow(joined);
    await eventually(() => joined.redis.isConnected);
    const tell = nextOf(joined.redis);
    for (let count = 0; count < 5; count++) tell();
    await eventually(() => follower.seqs.length === 5);
    const { port } = server;
    await server.kill();
    await eventually(() => !joined.redis.isConnected);
    for (let count = 0; count < 3; count++) expect(tell(), "it is lost").to.equal(false);
    server = await startRedis({ clock, port });
    await eventually(() => follower.seqs.length === told.length);
    expect(follower.seqs).to.deep.equal(told.map(({ seq }) => seq));
    expect([follower.gaps, follower.disconnects]).to.deep.equal([1, 0]);
  });
});
