import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { TradeDependencies } from "#services/gateway/rest/trade-operation.ts";
import { type HandlerDependencies, handleEvents } from "#services/gateway/sockets/handle-events.ts";
import type { GatewaySocket } from "#services/gateway/sockets/socket-types.ts";
import { TradeEvents } from "#services/gateway/sockets/trade-events.ts";
import { FEE_ACCOUNT, type MarketId } from "#shared/domain/ids.ts";
import type { OrderListAnswer, PlacedOrder } from "#shared/protocol/order-entry.ts";
import type {
  ClientToServerEvents,
  ErrorAnswer,
  ServerToClientEvents,
  SimpleOrder,
  SimpleOrderAnswer,
  UserState,
} from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";
import { ONE_SHARD } from "#test/support/one-shard.ts";
import { type ClientSocket, connectSocket } from "./feed-recorder.ts";
import { type SocketPlatform, type SocketUser, startSocketPlatform } from "./socket-platform.ts";

type ServerEvent = keyof ServerToClientEvents;
type ClientEvent = keyof ClientToServerEvents;

/** Who may hear each event; an event that is not here does not compile. */
const AUDIENCE = {
  executionReport: "its account",
  listStatus: "its account",
  ordersMerged: "its account",
  balance: "its account",
  refused: "its socket",
  trade: "everybody",
  depth: "everybody",
  ticker: "everybody",
  kline: "everybody",
  marketStatus: "everybody",
  rewound: "its account",
  final: "everybody",
  region: "everybody",
  transfers: "its account",
  reconciliation: "everybody",
  serverShutdown: "everybody",
} as const satisfies Record<ServerEvent, string>;
/** One shard that never goes back, at a gateway that stays, tells of none of these: sockets-rewind.test.ts and funding.test.ts do, the tests of reconciliation, and test/recovery/deployed.test.ts. */
const ELSEWHERE: readonly ServerEvent[] = ["rewound", "transfers", "reconciliation", "serverShutdown"];
const isPublic = (event: string) => AUDIENCE[event as ServerEvent] === "everybody";

/** Alice, Bob and a stranger follow all that can be followed; Alice does all that can be done; the others listen, then try. */
describe("one account and another's, on every socket event", () => {
  let platform: SocketPlatform;
  const users: Record<string, SocketUser> = {};
  const sockets: Record<string, ClientSocket> = {};
  /** What each heard, as text. */
  const heard: Record<string, { event: string; text: string }[]> = { alice: [], bob: [], stranger: [] };
  let open: SimpleOrderAnswer;
  let list: OrderListAnswer;

  const ask = (who: string, event: ClientEvent, ...body: unknown[]): Promise<unknown> =>
    new Promise((resolve) => sockets[who]?.emit(event, ...([...body, resolve] as never)));
  const order = (user: string, orderId: string, change: object = {}): SimpleOrder => ({
    orderId,
    type: "SELL",
    userID: user,
    coinID: "BTC",
    quantity: 0.5,
    price: 31_000,
    ...change,
  });
  const LIMIT = {
    symbol: "BTCUSDT",
    side: "SELL",
    type: "LIMIT",
    timeInForce: "GTC",
    quantity: "0.1",
    price: "31000",
  };
  const OCO = {
    symbol: "BTCUSDT",
    side: "SELL",
    quantity: "0.1",
    aboveType: "LIMIT_MAKER",
    abovePrice: "35000",
    belowType: "STOP_LOSS",
    belowStopPrice: "20000",
  };
  const WORKING = {
    symbol: "BTCUSDT",
    workingType: "LIMIT",
    workingTimeInForce: "GTC",
    workingSide: "SELL",
    workingQuantity: "0.1",
    workingPrice: "33000",
  };
  const OTO = { ...WORKING, pendingType: "MARKET", pendingSide: "BUY", pendingQuantity: "0.1" };
  const OTOCO = {
    ...WORKING,
    pendingSide: "BUY",
    pendingQuantity: "0.1",
    pendingAboveType: "STOP_LOSS",
    pendingAboveStopPrice: "40000",
    pendingBelowType: "LIMIT_MAKER",
    pendingBelowPrice: "15000",
  };
  const OLD_OCO = { symbol: "BTCUSDT", side: "SELL", quantity: "0.1", price: "35000", stopPrice: "20000" };
  const alicesNames = () => [{ orderId: open.meridianOrderId }, { origClientOrderId: "alices-open" }];
  const codeOf = (answer: unknown) => (answer as ErrorAnswer).error?.code;
  const events = (who: string) => [...new Set(heard[who]?.map(({ event }) => event))].sort();

  before(async () => {
    platform = await startSocketPlatform();
    for (const name of ["alice", "bob"]) {
      users[name] = await platform.newUser(name, { BTC: 3_33333333, USDT: 777_777_770_000 });
    }
    for (const who of Object.keys(heard)) {
      const token = users[who]?.token;
      const socket = connectSocket(platform.url, token === undefined ? {} : { auth: { token } });
      sockets[who] = socket;
      socket.onAny((event: string, ...messages: unknown[]) =>
        heard[who]?.push({ event, text: JSON.stringify(messages) }),
      );
      await eventually(() => socket.connected);
      const channels = ["trade", "depth", "ticker", "kline"];
      expect(await ask(who, "subscribe", { symbol: "BTCUSDT", channels })).to.include({ ok: true });
    }
    open = (await ask("alice", "order", order("alice", "alices-open"))) as SimpleOrderAnswer;
    await ask("alice", "order", order("alice", "alices-filled", { price: 30_000 }));
    // Somebody else takes it, so that there is a trade to hear of.
    const carol = await platform.newUser("carol", { USDT: 777_777_770_000 });
    sockets.carol = connectSocket(platform.url, { auth: { token: carol.token } });
    await ask("carol", "order", order("carol", "carols", { type: "BUY", price: 30_000, quantity: 0.2 }));
    await ask("alice", "order", order("alice", "alices-rejected", { quantity: 100 }));
    sockets.alice?.emit("order", order("alice", "alices-refused", { coinID: "NOPE" }));
    const named = {
      listClientOrderId: "alices-list",
      aboveClientOrderId: "alices-above",
      belowClientOrderId: "alices-below",
    };
    list = (await ask("alice", "orderList.place.oco", { ...OCO, ...named })) as OrderListAnswer;
    // The second copy of one command.
    await ask("alice", "order", order("alice", "alices-open"));
    const { entry } = platform;
    const market = "BTCUSDT" as MarketId;
    for (const state of ["HALT", "TRADING"] as const)
      await entry.submit(entry.freshCommandId(FEE_ACCOUNT), { kind: "SetMarketState", market, state });
    const canceled = (await ask("alice", "order", order("alice", "alices-canceled"))) as SimpleOrderAnswer;
    await ask("alice", "cancel", { symbol: "BTCUSDT", orderId: canceled.meridianOrderId });
    // Kline, depth and ticker come in their own time; the last of them means that everything before was sent.
    await eventually(() =>
      Object.keys(heard).every((who) =>
        ["trade 30000", "depth 30000", "ticker 30000", "kline 30000", "marketStatus HALT"].every((told) => {
          const [event, part = ""] = told.split(" ");
          return heard[who]?.some((message) => message.event === event && message.text.includes(part));
        }),
      ),
    );
  });
  after(async () => {
    for (const socket of Object.values(sockets)) socket.disconnect();
    await platform.stop();
  });

  it("everything was there to be overheard", () => {
    const here = Object.keys(AUDIENCE).filter((event) => !ELSEWHERE.includes(event as ServerEvent));
    expect(events("alice")).to.deep.equal(here.sort());
    const text = heard.alice?.map((message) => message.text).join("") ?? "";
    for (const name of ["open", "filled", "rejected", "refused", "canceled", "list", "above"])
      expect(text).to.contain(`alices-${name}`);
  });

  for (const listener of ["bob", "stranger"]) {
    it(`${listener === "bob" ? "another user" : "a stranger"} hears what is public, and nothing that tells of an account`, () => {
      const here = Object.keys(AUDIENCE).filter((event) => !ELSEWHERE.includes(event as ServerEvent));
      expect(events(listener)).to.deep.equal(here.filter(isPublic).sort());
      const text = heard[listener]?.map((message) => message.text).join("") ?? "";
      expect(text).not.to.match(
        /alice|"account"|"user"|[oO]rderId|[oO]rderListId|[cC]lientOrderId|"free"|"locked"/,
      );
    });
  }

  const alicesOrders = ["alices-above", "alices-below", "alices-filled", "alices-open"];
  /** What Alice has open is what she had, whatever the others did. */
  const expectAlicesUntouched = async () => {
    const { openOrders, openOrderLists } = (await ask("alice", "state")) as UserState;
    const names = openOrders.map(({ clientOrderId }) => clientOrderId);
    expect([...names].sort()).to.deep.equal(alicesOrders);
    expect(openOrders.find(({ orderId }) => orderId === open.meridianOrderId)).to.include({
      quantity: "0.50000000",
      orderStatus: "NEW",
    });
    expect(openOrderLists.map(({ orderListId }) => orderListId)).to.deep.equal([list.orderListId]);
  };
  /** Alice and Bob place a list under the same names: two lists, and by a name that both have each reaches their own. */
  const attackWithList = async (event: ClientEvent, sent: object, member: string) => {
    const named = { ...sent, listClientOrderId: `${event}-list`, [member]: `${event}-member` };
    expect(codeOf(await ask("stranger", event, named))).to.equal(-1002);
    const hers = (await ask("alice", event, named)) as OrderListAnswer;
    const his = (await ask("bob", event, named)) as OrderListAnswer;
    expect(his.orderListId, JSON.stringify(his)).to.be.a("number").and.not.equal(hers.orderListId);
    const idsOf = ({ orders }: OrderListAnswer) => orders.map(({ orderId }) => orderId);
    expect(idsOf(his)).not.to.include.members(idsOf(hers));
    const { openOrderLists } = (await ask("bob", "state")) as UserState;
    expect(openOrderLists.map(({ orderListId }) => orderListId)).to.deep.equal([his.orderListId]);
    const name = { symbol: "BTCUSDT", listClientOrderId: `${event}-list` };
    expect(await ask("bob", "orderList.cancel", name)).to.include({ orderListId: his.orderListId });
    expect(await ask("alice", "orderList.cancel", name)).to.include({ orderListId: hers.orderListId });
    // Her funds do not pay for his orders: she has more BTC, and he wants to sell it.
    const dear = Object.entries(sent).map(([key, value]) => [key, /quantity/i.test(key) ? "3.5" : value]);
    expect(codeOf(await ask("bob", event, Object.fromEntries(dear)))).to.equal(-2010);
  };

  const CASES: Readonly<Record<ClientEvent, () => Promise<void>>> = {
    subscribe: async () => {
      // Rooms are named by markets only: a user's room cannot be asked for.
      for (const symbol of [
        `user/${ONE_SHARD}:${users.alice?.account}`,
        "user/other",
        "alice",
        "BTCUSDT/trade",
        "__proto__",
      ]) {
        const answer = await ask("bob", "subscribe", { symbol, channels: ["trade"] });
        expect(codeOf(answer)).to.equal(-1121);
      }
    },
    unsubscribe: async () => {
      const room = `user:${users.alice?.account}`;
      expect(codeOf(await ask("bob", "unsubscribe", { symbol: room, channels: ["trade"] }))).to.equal(-1121);
    },
    resync: async () => {
      // One outcome concerns both: each is told of their own side.
      await ask("bob", "order", order("bob", "bobs-taker", { type: "BUY", price: 30_000, quantity: 0.1 }));
      const { branch } = platform.view;
      const before = heard.bob?.length ?? 0;
      for (const feed of [`user:${users.alice?.account}`, "alice"]) {
        expect(codeOf(await ask("bob", "resync", { feed, branch, seq: 0, index: 0 }))).to.equal(-1121);
      }
      expect(await ask("bob", "resync", { feed: `user/${ONE_SHARD}`, branch, seq: 0, index: 0 })).to.include({
        outcome: "missed",
      });
      await ask("bob", "echo");
      const missed =
        heard.bob
          ?.slice(before)
          .map(({ text }) => text)
          .join("") ?? "";
      // Bob's own deposits and order, and nothing else.
      expect(missed).to.contain("bobs-taker");
      expect(missed).to.contain("777777.77").and.not.contain("alices");
      expect(
        codeOf(await ask("stranger", "resync", { feed: `user/${ONE_SHARD}`, branch, seq: 0, index: 0 })),
      ).to.equal(-1002);
    },
    state: async () => {
      const state = (await ask("bob", "state")) as UserState;
      expect(state).to.include({ user: "bob", account: users.bob?.account });
      expect(state.openOrders).to.deep.equal([]);
      expect(state.balances).to.deep.include({
        shard: ONE_SHARD,
        asset: "BTC",
        free: "3.43323333",
        locked: "0.00000000",
      });
      expect(codeOf(await ask("stranger", "state"))).to.equal(-1002);
    },
    order: async () => {
      expect(codeOf(await ask("bob", "order", order("alice", "alices-open")))).to.equal(-9021);
      expect(codeOf(await ask("stranger", "order", order("alice", "alices-open")))).to.equal(-1002);
      // Her id is free for him: another order, of his own.
      const own = (await ask("bob", "order", order("bob", "alices-open"))) as SimpleOrderAnswer;
      expect(own.meridianOrderId).to.be.a("number").and.not.equal(open.meridianOrderId);
      await ask("bob", "cancel", { symbol: "BTCUSDT", orderId: own.meridianOrderId });
    },
    cancel: async () => {
      for (const who of ["bob", "stranger"]) {
        for (const name of [{ orderId: open.meridianOrderId }, { origClientOrderId: "alices-open" }]) {
          const answer = await ask(who, "cancel", { symbol: "BTCUSDT", ...name });
          expect(codeOf(answer)).to.equal(who === "bob" ? -2011 : -1002);
        }
      }
      const { openOrders } = (await ask("alice", "state")) as UserState;
      expect(openOrders.map(({ clientOrderId }) => clientOrderId)).to.include("alices-open");
    },
    echo: async () => {
      expect(await ask("stranger", "echo")).to.be.a("number");
    },
    "order.place": async () => {
      const named = { ...LIMIT, newClientOrderId: "alices-filled" };
      expect(codeOf(await ask("stranger", "order.place", named))).to.equal(-1002);
      // Neither her client order id nor her idempotency key is taken for him.
      const keyed = { ...named, idempotencyKey: "shared-key" };
      const hers = (await ask("alice", "order.place", {
        ...LIMIT,
        idempotencyKey: "shared-key",
      })) as PlacedOrder;
      const his = (await ask("bob", "order.place", keyed)) as PlacedOrder;
      expect(his.orderId).to.be.a("number").and.not.equal(hers.orderId);
      const name = { symbol: "BTCUSDT", origClientOrderId: "alices-filled" };
      expect(await ask("bob", "order.cancel", name)).to.include({ orderId: his.orderId });
      await ask("alice", "order.cancel", { symbol: "BTCUSDT", orderId: hers.orderId });
      expect(codeOf(await ask("bob", "order.place", { ...LIMIT, quantity: "3.5" }))).to.equal(-2010);
    },
    "order.test": async () => {
      expect(codeOf(await ask("stranger", "order.test", LIMIT))).to.equal(-1002);
      expect(await ask("bob", "order.test", LIMIT)).to.deep.equal({});
      expect(((await ask("bob", "state")) as UserState).openOrders).to.deep.equal([]);
    },
    "order.cancel": async () => {
      for (const name of alicesNames()) {
        const request = { symbol: "BTCUSDT", ...name };
        expect(codeOf(await ask("bob", "order.cancel", request))).to.equal(-2011);
        expect(codeOf(await ask("stranger", "order.cancel", request))).to.equal(-1002);
      }
    },
    "order.cancelReplace": async () => {
      for (const name of [
        { cancelOrderId: open.meridianOrderId },
        { cancelOrigClientOrderId: "alices-open" },
      ]) {
        const stop = { ...LIMIT, ...name, cancelReplaceMode: "STOP_ON_FAILURE" };
        expect(codeOf(await ask("stranger", "order.cancelReplace", stop))).to.equal(-1002);
        const { error } = (await ask("bob", "order.cancelReplace", stop)) as ErrorAnswer;
        expect(error).to.deep.include({ code: -2022 });
        expect(error.data).to.deep.include({
          cancelResult: "FAILURE",
          newOrderResult: "NOT_ATTEMPTED",
          cancelResponse: { code: -2011, msg: "Unknown order sent." },
        });
        const either = { ...stop, cancelReplaceMode: "ALLOW_FAILURE" };
        const placed = (await ask("bob", "order.cancelReplace", either)) as ErrorAnswer;
        expect(placed.error).to.deep.include({ code: -2021 });
        expect(placed.error.data).to.deep.include({ cancelResult: "FAILURE", newOrderResult: "SUCCESS" });
        await ask("bob", "openOrders.cancelAll", { symbol: "BTCUSDT" });
      }
    },
    "order.amend.keepPriority": async () => {
      for (const name of alicesNames()) {
        const request = { symbol: "BTCUSDT", ...name, newQty: "0.1" };
        expect(codeOf(await ask("bob", "order.amend.keepPriority", request))).to.equal(-2011);
        expect(codeOf(await ask("stranger", "order.amend.keepPriority", request))).to.equal(-1002);
      }
    },
    "openOrders.cancelAll": async () => {
      const request = { symbol: "BTCUSDT" };
      expect(codeOf(await ask("stranger", "openOrders.cancelAll", request))).to.equal(-1002);
      expect(codeOf(await ask("bob", "openOrders.cancelAll", request))).to.equal(-2011);
    },
    "orderList.place.oco": () => attackWithList("orderList.place.oco", OCO, "aboveClientOrderId"),
    "orderList.place.oto": () => attackWithList("orderList.place.oto", OTO, "workingClientOrderId"),
    "orderList.place.otoco": () => attackWithList("orderList.place.otoco", OTOCO, "workingClientOrderId"),
    "orderList.place": () => attackWithList("orderList.place", OLD_OCO, "limitClientOrderId"),
    "orderList.cancel": async () => {
      for (const name of [{ orderListId: list.orderListId }, { listClientOrderId: "alices-list" }]) {
        const request = { symbol: "BTCUSDT", ...name };
        expect(codeOf(await ask("bob", "orderList.cancel", request))).to.equal(-2011);
        expect(codeOf(await ask("stranger", "orderList.cancel", request))).to.equal(-1002);
      }
    },
  };

  it("has a case here for every event that the gateway listens to", () => {
    const listened: string[] = [];
    const recorder = { on: (event: string) => listened.push(event) };
    const trading = new TradeEvents({} as TradeDependencies, (_account, place) => place());
    handleEvents(recorder as unknown as GatewaySocket, { trading } as HandlerDependencies);
    expect(listened.sort()).to.deep.equal(Object.keys(CASES).sort());
  });

  for (const [event, attack] of Object.entries(CASES)) {
    it(`keeps them apart: ${event}`, async () => {
      await attack();
      await expectAlicesUntouched();
    });
  }
});
