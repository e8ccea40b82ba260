import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import {
  isAlgo,
  isMarketType,
  type OrderType,
  SIDES,
  type Side,
  triggersUpward,
} from "#shared/domain/order.ts";
import type { TradeEvent } from "#shared/protocol/order-entry.ts";
import { type MarkdownTable, tablesOf } from "#test/support/markdown-tables.ts";
import {
  type Answered,
  type OrderPlatform,
  type OrderTrader,
  type Sent,
  startOrderPlatform,
} from "./order-platform.ts";

const PAGE = tablesOf(readFileSync(fileURLToPath(new URL("../../docs/orders.md", import.meta.url)), "utf8"));
const SYMBOL = "ETHUSDT";
const LAST = 2000;

/** One request, by each of its doors. */
interface Door {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly event: TradeEvent;
}
const DOORS = {
  place: { method: "POST", path: "/api/v3/order", event: "order.place" },
  test: { method: "POST", path: "/api/v3/order/test", event: "order.test" },
  oco: { method: "POST", path: "/api/v3/orderList/oco", event: "orderList.place.oco" },
  oto: { method: "POST", path: "/api/v3/orderList/oto", event: "orderList.place.oto" },
  otoco: { method: "POST", path: "/api/v3/orderList/otoco", event: "orderList.place.otoco" },
  cancel: { method: "DELETE", path: "/api/v3/order", event: "order.cancel" },
  cancelAll: { method: "DELETE", path: "/api/v3/openOrders", event: "openOrders.cancelAll" },
  cancelList: { method: "DELETE", path: "/api/v3/orderList", event: "orderList.cancel" },
  replace: { method: "POST", path: "/api/v3/order/cancelReplace", event: "order.cancelReplace" },
  amend: { method: "PUT", path: "/api/v3/order/amend/keepPriority", event: "order.amend.keepPriority" },
} as const satisfies Record<string, Door>;

describe("every combination of docs/orders.md, through REST and through sockets", function () {
  this.timeout(120_000);
  let platform: OrderPlatform;
  let trader: OrderTrader;

  before(async () => {
    platform = await startOrderPlatform();
    trader = await platform.newTrader("matrix");
    const other = await platform.newTrader("other");
    const limit = { symbol: SYMBOL, type: "LIMIT", timeInForce: "GTC", quantity: "0.1", price: LAST };
    await other.rest("POST", "/api/v3/order", { ...limit, side: "SELL" });
    const traded = await trader.rest("POST", "/api/v3/order", { ...limit, side: "BUY" });
    expect(traded.body.status).to.equal("FILLED");
  });
  after(() => platform.stop());

  /** Sends a request through each door and compares; what was placed is canceled before the next. */
  async function expectThroughDoors(door: Door, sent: Sent, wanted: string, what: string): Promise<void> {
    for (const through of ["REST", "sockets"]) {
      const answer =
        through === "REST"
          ? await trader.rest(door.method, door.path, sent)
          : await trader.event(door.event, sent);
      expect(outcomeOf(answer), `${what}, through ${through}: ${JSON.stringify(answer.body)}`).to.equal(
        wanted,
      );
      if (wanted === "✓") await trader.rest("DELETE", "/api/v3/openOrders", { symbol: SYMBOL });
    }
  }

  it("types, times in force and options", async () => {
    const { columns, rows } = tableOf("Types, times in force and options");
    let cells = 0;
    for (const side of SIDES) {
      for (const row of rows) {
        for (const option of columns.slice(2)) {
          const { type = "", timeInForce = "" } = row;
          const sent = orderOf(side, type as OrderType, timeInForce, option);
          const what = `${side} ${type} ${timeInForce} with ${option}`;
          await expectThroughDoors(DOORS.place, sent, row[option] ?? "", what);
          await expectThroughDoors(DOORS.test, sent, row[option] ?? "", `test of ${what}`);
          cells++;
        }
      }
    }
    expect(cells).to.equal(2 * 35 * 7);
  });

  for (const { heading, side } of [
    { heading: "Two orders that sell", side: "SELL" },
    { heading: "Two orders that buy", side: "BUY" },
  ] as const) {
    it(`order lists: ${heading.toLowerCase()}`, async () => {
      const { columns, rows } = tableOf(heading);
      for (const row of rows) {
        for (const below of columns.slice(1)) {
          const above = row.above ?? "";
          const what = `${above} above ${below}`;
          const pair = (prefix: string, names: readonly [string, string]) => ({
            ...legOf(names[0], side, above as OrderType, "above"),
            ...legOf(names[1], side, below as OrderType, "below"),
            [prefix === "" ? "side" : `${prefix}Side`]: side,
            [prefix === "" ? "quantity" : `${prefix}Quantity`]: "0.1",
          });
          const oco = { symbol: SYMBOL, ...pair("", ["above", "below"]) };
          await expectThroughDoors(DOORS.oco, oco, row[below] ?? "", `OCO of ${what}`);
          const working = {
            ...legOf("working", "BUY", "LIMIT", "below"),
            workingSide: "BUY",
            workingQuantity: "0.1",
          };
          const otoco = { symbol: SYMBOL, ...working, ...pair("pending", ["pendingAbove", "pendingBelow"]) };
          await expectThroughDoors(DOORS.otoco, otoco, row[below] ?? "", `OTOCO of ${what}`);
        }
      }
      expect(rows).to.have.length(7);
    });
  }

  it("order lists: a working order and a pending one", async () => {
    const { columns, rows } = tableOf("A working order and a pending one");
    for (const side of SIDES) {
      for (const row of rows) {
        for (const pending of columns.slice(1)) {
          const working = row.working ?? "";
          const place = side === "BUY" ? "below" : "above";
          const sent = {
            symbol: SYMBOL,
            ...legOf("working", side, working as OrderType, place),
            ...legOf("pending", side, pending as OrderType, place),
            workingSide: side,
            workingQuantity: "0.1",
            pendingSide: side,
            pendingQuantity: "0.1",
          };
          await expectThroughDoors(
            DOORS.oto,
            sent,
            row[pending] ?? "",
            `${side} ${working}, then ${pending}`,
          );
        }
      }
    }
    expect(rows).to.have.length(7);
  });

  it("market states", async () => {
    const { columns, rows } = tableOf("Market states");
    for (const state of columns.slice(1)) {
      for (const row of rows) {
        const request = row.request ?? "";
        for (const through of ["REST", "sockets"]) {
          // Something to cancel, to replace and to amend.
          const order = await trader.rest(
            "POST",
            "/api/v3/order",
            orderOf("BUY", "LIMIT", "GTC", "no option"),
          );
          const list = await trader.rest("POST", "/api/v3/orderList/oco", ocoToSell());
          await platform.setMarketState(SYMBOL, state);
          const { door, sent } = requestOf(request, order.body.orderId, list.body.orderListId);
          const answer =
            through === "REST"
              ? await trader.rest(door.method, door.path, sent)
              : await trader.event(door.event, sent);
          const what = `${request} in ${state}, through ${through}: ${JSON.stringify(answer.body)}`;
          expect(outcomeOf(answer), what).to.equal(row[state]);
          await platform.setMarketState(SYMBOL, "TRADING");
          await trader.rest("DELETE", "/api/v3/openOrders", { symbol: SYMBOL });
        }
      }
    }
    expect(rows).to.have.length(15);
  });
});

function tableOf(heading: string): MarkdownTable {
  const table = PAGE.get(heading);
  if (table === undefined) throw new Error(`docs/orders.md has no table under "${heading}"`);
  return table;
}

/** "✓", or the code of the refusal. */
function outcomeOf({ body, status }: Answered): string {
  const isRefused = status === undefined ? typeof body.code === "number" : status >= 400;
  return isRefused ? String(body.code) : "✓";
}

/** An order that can be taken as it is, but for what the combination makes of it. */
function orderOf(side: Side, type: OrderType, timeInForce: string, option: string): Sent {
  const options = option.split(", ");
  const has = (name: string) => options.includes(name);
  return {
    symbol: SYMBOL,
    side,
    type,
    ...(timeInForce === "–" ? {} : { timeInForce }),
    ...(timeInForce === "GTD" ? { goodTillDate: Date.now() + 3_600_000 } : {}),
    ...(has("quoteOrderQty") ? { quoteOrderQty: "200" } : { quantity: "0.1" }),
    ...(isMarketType(type) ? {} : { price: side === "BUY" ? LAST - 10 : LAST + 10 }),
    ...(has("stopPrice") ? { stopPrice: triggersUpward(type, side) ? LAST + 100 : LAST - 100 } : {}),
    ...(has("trailingDelta") ? { trailingDelta: 100 } : {}),
    ...(has("icebergQty") ? { icebergQty: "0.05" } : {}),
  };
}

/** One order of a list, with all that its type must have and prices that fit its place. */
function legOf(prefix: string, side: Side, type: OrderType, place: "above" | "below"): Sent {
  const away = place === "above" ? 100 : -100;
  const stopPrice = prefix === "pending" ? LAST + (triggersUpward(type, side) ? 100 : -100) : LAST + away;
  return {
    [`${prefix}Type`]: type,
    ...(isMarketType(type) ? {} : { [`${prefix}Price`]: LAST + away }),
    ...(isAlgo(type) ? { [`${prefix}StopPrice`]: stopPrice } : {}),
    ...(isMarketType(type) || type === "LIMIT_MAKER" ? {} : { [`${prefix}TimeInForce`]: "GTC" }),
  };
}

function ocoToSell(): Sent {
  return {
    symbol: SYMBOL,
    side: "SELL",
    quantity: "0.1",
    ...legOf("above", "SELL", "LIMIT_MAKER", "above"),
    ...legOf("below", "SELL", "STOP_LOSS", "below"),
  };
}

function requestOf(request: string, orderId: number, orderListId: number): { door: Door; sent: Sent } {
  const symbol = { symbol: SYMBOL };
  switch (request) {
    case "cancel":
      return { door: DOORS.cancel, sent: { ...symbol, orderId } };
    case "cancel all":
      return { door: DOORS.cancelAll, sent: symbol };
    case "cancel list":
      return { door: DOORS.cancelList, sent: { ...symbol, orderListId } };
    case "amend":
      return { door: DOORS.amend, sent: { ...symbol, orderId, newQty: "0.05" } };
    case "cancelReplace": {
      const order = orderOf("BUY", "LIMIT", "GTC", "no option");
      const mode = { cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: orderId };
      return { door: DOORS.replace, sent: { ...order, ...mode } };
    }
    case "OCO":
      return { door: DOORS.oco, sent: ocoToSell() };
    case "OTO": {
      const working = {
        ...legOf("working", "BUY", "LIMIT", "below"),
        workingSide: "BUY",
        workingQuantity: "0.1",
      };
      const pending = {
        ...legOf("pending", "SELL", "LIMIT", "above"),
        pendingSide: "SELL",
        pendingQuantity: "0.1",
      };
      return { door: DOORS.oto, sent: { ...symbol, ...working, ...pending } };
    }
    default: {
      const [type = "", timeInForce] = request.split(" ");
      const option = isAlgo(type as OrderType) ? "stopPrice" : "no option";
      const time = timeInForce ?? (type.endsWith("_LIMIT") ? "GTC" : "–");
      return { door: DOORS.place, sent: orderOf("BUY", type as OrderType, time, option) };
    }
  }
}
