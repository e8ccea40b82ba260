import { expect } from "chai";
import { describe, it } from "mocha";
import type { Outcome } from "#shared/domain/event.ts";
import type { MarketId, OrderListId } from "#shared/domain/ids.ts";
import { type OrderTerms, SELF_TRADE_PREVENTIONS } from "#shared/domain/order.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { expectSame, places, reaches, tradePlaces, userPlaces } from "./feed-places.ts";
import { FeedRecorder } from "./feed-recorder.ts";
import { type SocketPlatform, type SocketUser, startSocketPlatform } from "./socket-platform.ts";

const MARKET = "BTCUSDT" as MarketId;
const COMMANDS = 1500;
const BATCH = 20;

describe("feeds through lost connections", function () {
  this.timeout(120_000);

  for (const { memory, recentUpdates } of [
    { memory: "from memory", recentUpdates: 8192 },
    { memory: "from the journal", recentUpdates: 16 },
  ]) {
    it(`give every client every message once and in order, repaired ${memory}`, async () => {
      const random = seededRandom(SEED);
      const platform = await startSocketPlatform({ recentUpdates });
      const users = await Promise.all(["alice", "bob", "carol"].map((name) => rich(platform, name)));
      const clients = users.map(({ token }) => new FeedRecorder(platform.url, token, MARKET));
      // The fourth client watches the first user's feed and is not dropped from its own side.
      clients.push(new FeedRecorder(platform.url, users[0]?.token ?? "", MARKET));
      try {
        await eventually(() => clients.every((client) => client.isLive));
        const startSeq = platform.view.seq;
        for (let sent = 0; sent < COMMANDS; sent += BATCH) {
          const batch = Array.from({ length: BATCH }, () => command(platform, users, random.below));
          // In the middle of the batch: while its outcomes are on their way.
          if (random.below(3) === 0) clients[random.below(3)]?.drop();
          if (random.below(12) === 0) platform.dropConnections();
          await Promise.all(batch);
          // Sometimes everybody comes back before the next drop, sometimes the load goes on without them.
          if (random.below(2) === 0) await eventually(() => clients.every(({ socket }) => socket.connected));
        }
        const outcomes = await journaled(platform, startSeq);
        for (const [at, client] of clients.entries()) {
          const { account } = users[at % users.length] as SocketUser;
          const wanted = outcomes.flatMap((outcome) => userPlaces(outcome, account));
          const last = wanted.at(-1);
          await eventually(() => client.socket.connected);
          expect(client.seen.snapshots, "nobody had to start anew").to.equal(0);
          await eventually(() => reaches(client.user, last));
          expectSame(places(client.user), wanted, `user feed of client ${at}, seed ${SEED}`);
          const trades = outcomes.flatMap(tradePlaces);
          await eventually(() => reaches(client.trades, trades.at(-1)));
          expectSame(places(client.trades), trades, `trades of client ${at}, seed ${SEED}`);
          await eventually(() => client.book.lastUpdateId === platform.view.lastUpdateId(MARKET));
          expect(client.book.levels("bids", 5000)).to.have.length(
            platform.view.levels(MARKET, "BUY", 5000).length,
          );
          expect(client.seen.depthGaps, "differences join snapshots").to.equal(0);
          expect(client.seen.duplicates, "nothing is sent twice").to.equal(0);
          expect(client.seen.connects).to.be.greaterThan(1);
        }
        // Two clients of one user, dropped at other moments, read the same.
        const told = clients.map(({ user }) => user.map((message) => ({ ...message, previousSeq: null })));
        expect(told[3]).to.deep.equal(told[0]);
        expect(clients.reduce((sum, { seen }) => sum + seen.resyncs, 0)).to.be.greaterThan(20);
      } finally {
        for (const client of clients) client.close();
        await platform.stop();
      }
    });
  }
});

function rich(platform: SocketPlatform, name: string): Promise<SocketUser> {
  return platform.newUser(name, { BTC: 1e13, USDT: 1e14 });
}

/** A random order near the middle or an order list, sometimes a cancel, sometimes a refusal, sometimes a trade with oneself. */
async function command(
  { entry, view }: SocketPlatform,
  users: readonly SocketUser[],
  below: (bound: number) => number,
): Promise<void> {
  const { account } = users[below(users.length)] as SocketUser;
  const open = view.openOrders(account, MARKET);
  const kind = below(12);
  if (kind < 2 && open.length > 0) {
    const orderId = open[below(open.length)]?.orderId ?? 0;
    const named = {
      account,
      market: MARKET,
      orderId: orderId as OrderTerms["orderId"],
      origClientOrderId: "",
    };
    const cancel = { kind: "CancelOrder", ...named, restriction: "NONE" } as const;
    await entry.submit(entry.freshCommandId(account), cancel);
    return;
  }
  const side = below(2) === 0 ? "BUY" : "SELL";
  const term = (change: Partial<OrderTerms>): OrderTerms => {
    const orderId = entry.mintOrderId();
    return { ...LIMIT_TERMS, orderId, clientOrderId: `c${orderId}`, side, ...change };
  };
  const price = 2_000_000 + below(40);
  const quantity = 10 + below(50);
  if (kind >= 10) {
    const others = side === "BUY" ? "SELL" : "BUY";
    const away = side === "BUY" ? 1 : -1;
    const pending = term({ side: others, type: "STOP_LOSS", timeInForce: "IOC", quantity });
    await entry.submit(entry.freshCommandId(account), {
      kind: "PlaceOrderList",
      listId: entry.mintOrderId() as number as OrderListId,
      account,
      market: MARKET,
      listClientOrderId: `l${entry.mintOrderId()}`,
      contingency: "OTO",
      orders: [term({ price, quantity }), { ...pending, price: 0, stopPrice: price - away * below(30) }],
    });
    return;
  }
  const isMarket = kind === 2;
  const isStop = kind === 6;
  const isIceberg = kind === 7;
  await entry.submit(entry.freshCommandId(account), {
    kind: "PlaceOrder",
    account,
    market: MARKET,
    ...term({
      type: isMarket ? "MARKET" : isStop ? "STOP_LOSS_LIMIT" : "LIMIT",
      timeInForce: isMarket || kind === 4 ? "IOC" : "GTC",
      price: isMarket ? 0 : price,
      quantity,
      stopPrice: isStop ? 2_000_000 + below(40) : 0,
      trailingDelta: isStop && below(2) === 0 ? 10 + below(20) : 0,
      icebergQuantity: isIceberg ? 1 + below(quantity - 1) : 0,
      selfTradePrevention: PREVENTIONS[below(PREVENTIONS.length)] ?? "NONE",
    }),
    // Now and then the same as another's: refused.
    ...(kind === 3 ? { clientOrderId: "same" } : {}),
  });
}

const PREVENTIONS = ["EXPIRE_MAKER", "EXPIRE_MAKER", ...SELF_TRADE_PREVENTIONS] as const;

const LIMIT_TERMS = {
  type: "LIMIT",
  timeInForce: "GTC",
  price: 0,
  quantity: 0,
  quoteQuantity: 0,
  stopPrice: 0,
  trailingDelta: 0,
  icebergQuantity: 0,
  goodTillDate: 0,
  selfTradePrevention: "EXPIRE_MAKER",
} as const;

/** Everything after a seq, once the journal has caught up with the view. */
async function journaled({ view, journal }: SocketPlatform, after: number): Promise<Outcome[]> {
  const end = view.seq;
  await eventually(() => journal.lastSeq() >= end);
  const outcomes: Outcome[] = [];
  for (let at = after; at < end; ) {
    const read = await journal.read(at, 1000);
    outcomes.push(...read);
    at = read.at(-1)?.seq ?? end;
  }
  return outcomes.filter(({ seq }) => seq <= end);
}
