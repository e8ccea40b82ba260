import { expect } from "chai";
import { type Parameters, startTestGateway, type TestGateway, type TestUser } from "./rest-gateway.ts";

/** A buy order far from the market. */
export const LIMIT = {
  symbol: "BTCUSDT",
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  quantity: "0.01",
  price: "20000",
};
/** Order lists in a market of their own, by the names of their routes. */
export const OCO = {
  symbol: "ETHUSDT",
  side: "SELL",
  quantity: "0.5",
  aboveType: "LIMIT_MAKER",
  abovePrice: "3500",
  belowType: "STOP_LOSS",
  belowStopPrice: "2000",
};
const WORKING = {
  symbol: "ETHUSDT",
  workingType: "LIMIT",
  workingTimeInForce: "GTC",
  workingSide: "SELL",
  workingQuantity: "0.5",
  workingPrice: "3300",
};
export const OTO = { ...WORKING, pendingType: "MARKET", pendingSide: "BUY", pendingQuantity: "0.5" };
export const OTOCO = {
  ...WORKING,
  pendingSide: "BUY",
  pendingQuantity: "0.5",
  pendingAboveType: "STOP_LOSS",
  pendingAboveStopPrice: "4000",
  pendingBelowType: "LIMIT_MAKER",
  pendingBelowPrice: "1500",
};
export const OLD_OCO = { symbol: "ETHUSDT", side: "SELL", quantity: "0.5", price: "3500", stopPrice: "2000" };

/**
 * Alice has an open order, a filled one, a trade, an order list, a prevented trade with herself, a key and odd balances; Bob, who has nothing of it, may try
 * what he likes.
 */
export interface IsolationStage {
  readonly gateway: TestGateway;
  readonly alice: TestUser;
  readonly bob: TestUser;
  /** Alice's open order, her filled one, and her trade. */
  readonly open: { readonly orderId: number };
  readonly filled: { readonly orderId: number };
  readonly tradeId: number;
  /** Her open order list, and the order in which she met herself. */
  readonly list: { readonly orderListId: number };
  readonly metId: number;
  asBob(method: string, path: string, parameters?: Parameters): ReturnType<TestGateway["signed"]>;
  /** The body of what Bob is answered. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; what they expect is asserted.
  ofBob(path: string, parameters?: Parameters): Promise<any>;
  /** Every way in which Alice's orders can be named. */
  alicesNames(): Parameters[];
  /** Alice's orders, lists and balances are as they were. */
  expectAlicesUntouched(): Promise<void>;
  /** Nothing that tells of Alice stands anywhere in an answer. */
  expectNothingOfAlice(answer: unknown): void;
}

export async function setIsolationStage(): Promise<IsolationStage> {
  const gateway = await startTestGateway();
  const alice = await gateway.newUser("alice-isolated", {
    USDT: "77777.77",
    BTC: "3.33333333",
    ETH: "5",
    SOL: "1",
  });
  const bob = await gateway.newUser("bob-isolated", { USDT: "500", BTC: "0.5", ETH: "1" });
  const carol = await gateway.newUser("carol-isolated", { USDT: "5000" });
  const place = async (user: TestUser, order: Parameters) =>
    (await gateway.signed(user, "POST", "/api/v3/order", order)).body;
  const open = await place(alice, { ...LIMIT, newClientOrderId: "alices-open" });
  const filled = await place(alice, {
    ...LIMIT,
    side: "SELL",
    price: "30000",
    newClientOrderId: "alices-filled",
  });
  await place(carol, { ...LIMIT, price: "30000", newClientOrderId: "carols" });
  // In other markets, away from the rest.
  const list = (
    await gateway.signed(alice, "POST", "/api/v3/orderList/oco", {
      ...OCO,
      listClientOrderId: "alices-list",
      aboveClientOrderId: "alices-above",
      belowClientOrderId: "alices-below",
    })
  ).body;
  const met = { ...LIMIT, symbol: "SOLUSDT", quantity: "1", price: "100" };
  const metId = (await place(alice, { ...met, newClientOrderId: "alices-met" })).orderId;
  await place(alice, { ...met, side: "SELL", selfTradePreventionMode: "EXPIRE_TAKER" });
  await gateway.signed(alice, "DELETE", "/api/v3/openOrders", { symbol: "SOLUSDT" });
  const trades = await gateway.signed(alice, "GET", "/api/v3/myTrades", { symbol: "BTCUSDT" });
  const tradeId = trades.body[0].id;

  const asBob: IsolationStage["asBob"] = (method, path, parameters = {}) =>
    gateway.signed(bob, method, path, parameters);
  return {
    gateway,
    alice,
    bob,
    open,
    filled,
    tradeId,
    list,
    metId,
    asBob,
    ofBob: async (path, parameters = {}) => (await asBob("GET", path, parameters)).body,
    alicesNames: () => [
      { orderId: open.orderId },
      { origClientOrderId: "alices-open" },
      { orderId: open.orderId, origClientOrderId: "alices-open" },
      { orderId: filled.orderId },
    ],
    expectAlicesUntouched: async () => {
      const { body: orders } = await gateway.signed(alice, "GET", "/api/v3/openOrders", {});
      const told = orders.map(({ clientOrderId, origQty }: Record<string, string>) => [
        clientOrderId,
        origQty,
      ]);
      expect(told).to.have.deep.members([
        ["alices-open", "0.01000000"],
        ["alices-above", "0.50000000"],
        ["alices-below", "0.50000000"],
      ]);
      const { body: lists } = await gateway.signed(alice, "GET", "/api/v3/openOrderList", {});
      expect(lists.map(({ orderListId }: { orderListId: number }) => orderListId)).to.deep.equal([
        list.orderListId,
      ]);
      const { body: account } = await gateway.signed(alice, "GET", "/api/v3/account", {});
      expect(account.balances).to.deep.include({ asset: "BTC", free: "3.32333333", locked: "0.00000000" });
      expect(account.balances).to.deep.include({ asset: "ETH", free: "4.50000000", locked: "0.50000000" });
      expect(account.balances).to.deep.include({
        asset: "USDT",
        free: "77877.47000000",
        locked: "200.00000000",
      });
    },
    expectNothingOfAlice: (answer) => {
      const text = JSON.stringify(answer);
      for (const mark of [
        "alice",
        `"orderId":${open.orderId},`,
        `"orderId":${filled.orderId},`,
        `"orderListId":${list.orderListId},`,
        `"orderId":${metId},`,
        alice.apiKey,
        alice.secret,
        alice.token,
        "77777",
        "77877",
        "3.33333333",
        "3.32333333",
      ]) {
        expect(text).not.to.contain(mark);
      }
    },
  };
}
