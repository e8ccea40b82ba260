import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { io, type Socket } from "socket.io-client";
import type { RegionId } from "#shared/domain/ids.ts";
import type { ExecutionReport, OrdersMergedMessage } from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import {
  CUT_OFF,
  OTHER,
  OWNER,
  REGIONS,
  startThreeRegions,
  type ThreeRegions,
} from "#test/support/three-regions.ts";

// biome-ignore lint/suspicious/noExplicitAny: the test looks into answers of every shape; what it expects is asserted.
type Body = any;
const UNKNOWN = -1007;

type Terms = Readonly<Record<string, string>>;

const BTC = { symbol: "BTCUSDT" };
/** Its market halts where the majority cannot be reached. */
const HALTING = { symbol: "AAPLUSD" };

/** An order that a client sent twice under one key, to two Regions that could not reach each other, and was answered twice. */
describe("an order that was taken in a fork and on the other side too", () => {
  let regions: ThreeRegions;
  let maker: TestTrader;
  let trader: TestTrader;
  let socket: Socket;
  const told: OrdersMergedMessage[] = [];
  const reports: ExecutionReport[] = [];

  const at = (region: RegionId, who = trader): TestTrader => ({ ...who, url: regions.urlOf(region) });
  const limit = (side: string, price: string, more: Terms = BTC) => {
    return { side, type: "LIMIT", timeInForce: "GTC", quantity: "0.5", price, ...more };
  };
  /** As a client does it: where nobody knows what became of it, again under the same key. */
  const act = async (
    region: RegionId,
    method: string,
    path: string,
    terms: Record<string, string>,
    key: string,
  ) => {
    for (;;) {
      const answer = await fetch(`${regions.urlOf(region)}${path}?${new URLSearchParams(terms)}`, {
        method,
        headers: { Authorization: `Bearer ${trader.token}`, "Idempotency-Key": key },
      });
      const body: Body = await answer.json();
      if (body.code !== UNKNOWN) return { status: answer.status, body };
    }
  };
  const placed = async (
    who: TestTrader,
    terms: Terms,
    key: string,
    path = "/api/v3/order",
  ): Promise<Body> => {
    const { status, body } = await who.post(path, terms, { "Idempotency-Key": key });
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };
  /** In the fork, then on the other side. */
  const twice = async (terms: Terms, key: string) => {
    const inFork = await placed(at(CUT_OFF), terms, key);
    const canonical = await placed(at(OWNER), terms, key);
    expect(inFork.orderId).not.to.equal(canonical.orderId);
    return { inFork, canonical };
  };
  type Sent = Awaited<ReturnType<typeof twice>>;
  let resting: Sent;
  let taking: Sent;
  let canceledInFork: Sent;
  let toCancel: Sent;
  let toReplace: Sent;
  let toAmend: Sent;
  let list: Sent;
  let queued: Sent;
  let queuedAndCanceled: Sent;

  const routeIn = async (region: RegionId) =>
    (await at(region).get("/meridian/v1/regions")).body.shards[0].route;

  before(async function () {
    this.timeout(120_000);
    regions = await startThreeRegions();
    maker = await signUpTrader(regions.urlOf(OWNER), "maker");
    trader = await signUpTrader(regions.urlOf(OWNER), "trader");
    socket = io(regions.urlOf(CUT_OFF), { transports: ["websocket"], auth: { token: trader.token } });
    socket.on("ordersMerged", (message: OrdersMergedMessage) => told.push(message));
    socket.on("executionReport", (message: ExecutionReport) => reports.push(message));
    const offer = await placed(maker, limit("SELL", "30000"), "offer");
    await eventually(async () => {
      const found = await at(CUT_OFF, maker).get("/meridian/v1/order", { ...BTC, orderId: offer.orderId });
      return found.body.final === true;
    });
    regions.cut(true);
    await eventually(async () => (await routeIn(CUT_OFF)) === "fork");
    await eventually(async () => ["own", "remote"].includes(await routeIn(OWNER)));
    resting = await twice(limit("BUY", "20000"), "resting");
    taking = await twice(limit("BUY", "30000"), "taking");
    canceledInFork = await twice(limit("BUY", "20001"), "canceled-in-fork");
    const cancel = { ...BTC, orderId: canceledInFork.inFork.orderId };
    expect((await act(CUT_OFF, "DELETE", "/api/v3/order", cancel, "cancel-in-fork")).status).to.equal(200);
    toCancel = await twice(limit("BUY", "20002"), "to-cancel");
    toReplace = await twice(limit("BUY", "20003"), "to-replace");
    toAmend = await twice(limit("BUY", "20004"), "to-amend");
    const legs = { ...BTC, side: "SELL", quantity: "0.1", aboveType: "LIMIT_MAKER", abovePrice: "60000" };
    const oco = { ...legs, belowType: "STOP_LOSS", belowStopPrice: "10000" };
    list = {
      inFork: await placed(at(CUT_OFF), oco, "list", "/api/v3/orderList/oco"),
      canonical: await placed(at(OWNER), oco, "list", "/api/v3/orderList/oco"),
    };
    queued = await twice(limit("BUY", "100", HALTING), "queued");
    queuedAndCanceled = await twice(limit("BUY", "101", HALTING), "queued-and-canceled");
    expect(queued.inFork.status).to.equal("QUEUED");
    regions.cut(false);
    await eventually(async () => {
      const lists = await Promise.all(
        REGIONS.map((region) => at(region).get("/meridian/v1/reconciliations")),
      );
      return lists.every(({ body }) => body.reconciliations[0]?.state === "reconciled");
    });
    await eventually(async () => {
      const { body } = await at(CUT_OFF).get("/api/v3/openOrders", HALTING);
      return body.every(({ status }: Body) => status !== "QUEUED");
    });
  });

  after(async () => {
    socket?.disconnect();
    await regions?.stop();
  });

  it("is there once", async () => {
    for (const region of REGIONS) {
      const { body } = await at(region).get("/api/v3/allOrders", BTC);
      const ids = body.map(({ orderId }: Body) => orderId);
      for (const { inFork, canonical } of [resting, taking, canceledInFork, toCancel, toReplace, toAmend]) {
        expect(ids).to.include(canonical.orderId);
        expect(ids).not.to.include(inFork.orderId);
      }
    }
  });

  it("is found in every Region under both ids that its client was told", async () => {
    for (const region of REGIONS) {
      for (const { inFork, canonical } of [resting, taking, toCancel]) {
        for (const { orderId } of [inFork, canonical]) {
          for (const path of ["/api/v3/order", "/meridian/v1/order"]) {
            const { status, body } = await at(region).get(path, { ...BTC, orderId });
            expect(status, `${region} ${path}: ${JSON.stringify(body)}`).to.equal(200);
            expect(body).to.include({ orderId: canonical.orderId, clientOrderId: canonical.clientOrderId });
          }
        }
      }
    }
    const stranger = await at(OWNER, maker).get("/api/v3/order", { ...BTC, orderId: resting.inFork.orderId });
    expect(stranger.status).to.equal(400);
  });

  it("finds its trades under the old id too", async () => {
    const orderId = taking.inFork.orderId;
    const trades = (await at(OTHER).get("/api/v3/myTrades", { ...BTC, orderId })).body;
    expect(trades.map((trade: Body) => trade.orderId)).to.deep.equal([taking.canonical.orderId]);
  });

  it("is listed once, page by page, also where a page begins at an id that was merged", async () => {
    for (const region of REGIONS) {
      const { body } = await at(region).get("/api/v3/allOrders", BTC);
      const all = body.map(({ orderId }: Body) => orderId);
      for (const { inFork } of [resting, taking, toCancel]) {
        const rest = (await at(region).get("/api/v3/allOrders", { ...BTC, orderId: inFork.orderId })).body;
        const ids = rest.map(({ orderId }: Body) => orderId);
        expect(ids).to.deep.equal(all.filter((id: number) => id >= inFork.orderId));
      }
      const paged: number[] = [];
      for (let next = 0; ; next = (paged.at(-1) ?? 0) + 1) {
        const page = (
          await at(region).get("/api/v3/allOrders", { ...BTC, orderId: String(next), limit: "1" })
        ).body;
        if (page.length === 0 || paged.length > all.length) break;
        paged.push(page[0].orderId);
      }
      expect(paged).to.deep.equal(all);
    }
  });

  it("was canceled if its client had canceled it in the fork", async () => {
    const { inFork, canonical } = canceledInFork;
    for (const orderId of [inFork.orderId, canonical.orderId]) {
      const { body } = await at(OWNER).get("/api/v3/order", { ...BTC, orderId });
      expect(body).to.include({ orderId: canonical.orderId, status: "CANCELED" });
    }
  });

  it("confirms what it traded in the fork, where the other side traded the same", async () => {
    const [{ id }] = (await at(OTHER).get("/meridian/v1/reconciliations")).body.reconciliations;
    const { trades, ownCommands } = (await at(OTHER).get(`/meridian/v1/reconciliations/${id}`)).body;
    expect(trades).to.have.length(1);
    expect(trades[0]).to.include({ confirmedQuantity: "0.50000000", conflictedQuantity: "0.00000000" });
    const verdict = ownCommands.find(({ orderId }: Body) => orderId === taking.inFork.orderId);
    expect(verdict).to.include({ verdict: "merged", canonicalOrderId: taking.canonical.orderId });
    const canceled = ownCommands.find(({ command }: Body) => command === "CancelOrder");
    expect(canceled).to.include({ verdict: "confirmed", canonicalOrderId: canceledInFork.canonical.orderId });
  });

  it("is told to its client over the socket", async () => {
    const merged = () => told.flatMap(({ orders }) => orders);
    for (const { inFork, canonical } of [resting, taking, queued]) {
      await eventually(() => merged().some(({ orderId }) => orderId === inFork.orderId));
      expect(merged().find(({ orderId }) => orderId === inFork.orderId)).to.deep.include({
        ...{ clientOrderId: canonical.clientOrderId, canonicalOrderId: canonical.orderId },
      });
    }
    const ofList = told.find(({ orderListId }) => orderListId === list.inFork.orderListId);
    expect(ofList?.canonicalOrderListId).to.equal(list.canonical.orderListId);
    expect(reports.some(({ orderId }) => orderId === resting.canonical.orderId)).to.equal(true);
  });

  it("is canceled by the old id, over REST and over the socket", async () => {
    const named = { ...BTC, orderId: toCancel.inFork.orderId };
    const { status, body } = await act(OTHER, "DELETE", "/api/v3/order", named, "cancel");
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body).to.include({ orderId: toCancel.canonical.orderId, status: "CANCELED" });
    const answer: Body = await socket.emitWithAck("cancel", { ...BTC, orderId: resting.inFork.orderId });
    expect(answer).to.include({ orderId: resting.canonical.orderId, status: "CANCELED" });
  });

  it("is amended and replaced by the old id", async () => {
    const amending = { ...BTC, orderId: toAmend.inFork.orderId, newQty: "0.4" };
    const amended = await act(OTHER, "PUT", "/api/v3/order/amend/keepPriority", amending, "amend");
    expect(amended.body.amendedOrder, JSON.stringify(amended.body)).to.include({
      orderId: toAmend.canonical.orderId,
      qty: "0.40000000",
    });
    const replacing = { ...limit("BUY", "20005"), cancelReplaceMode: "STOP_ON_FAILURE" };
    const both = { ...replacing, cancelOrderId: toReplace.inFork.orderId };
    const replaced = await act(OTHER, "POST", "/api/v3/order/cancelReplace", both, "replace");
    expect(replaced.body.cancelResponse, JSON.stringify(replaced.body)).to.include({
      orderId: toReplace.canonical.orderId,
    });
  });

  it("is found and canceled by the old id if it is a list", async () => {
    const named = { orderListId: list.inFork.orderListId };
    const found = await at(CUT_OFF).get("/api/v3/orderList", named);
    expect(found.body.orderListId, JSON.stringify(found.body)).to.equal(list.canonical.orderListId);
    const [leg] = list.inFork.orders;
    const order = await at(CUT_OFF).get("/api/v3/order", { ...BTC, orderId: leg.orderId });
    expect(order.body.orderId).to.equal(list.canonical.orders[0].orderId);
    const canceled = await act(CUT_OFF, "DELETE", "/api/v3/orderList", { ...BTC, ...named }, "cancel-list");
    expect(canceled.body.orderListId, JSON.stringify(canceled.body)).to.equal(list.canonical.orderListId);
  });

  it("is found by the old id if it had only waited in the outbox", async () => {
    for (const region of REGIONS) {
      const { orderId } = queued.inFork;
      const { body } = await at(region).get("/api/v3/order", { ...HALTING, orderId });
      expect(body.orderId, JSON.stringify(body)).to.equal(queued.canonical.orderId);
    }
    const { orderId } = queuedAndCanceled.inFork;
    const canceled = await act(CUT_OFF, "DELETE", "/api/v3/order", { ...HALTING, orderId }, "cancel-queued");
    expect(canceled.body.orderId, JSON.stringify(canceled.body)).to.equal(
      queuedAndCanceled.canonical.orderId,
    );
  });

  it("fails in no Region", () => expect(regions.failures).to.deep.equal([]));
});
