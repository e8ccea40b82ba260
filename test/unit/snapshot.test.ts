import { expect } from "chai";
import { describe, it } from "mocha";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import { ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { readColumn, writeColumn } from "#shared/domain/encoding/column.ts";
import { decodeState, encodeState } from "#shared/domain/encoding/state-encoding.ts";
import { BLOCK_ROWS } from "#shared/domain/encoding/table.ts";
import type { EngineState, ForkState, MarketState, TransferState } from "#shared/domain/engine-state.ts";
import { InvariantViolation } from "#shared/domain/invariant.ts";
import type { OpenOrder } from "#shared/domain/order.ts";
import { MEMORY_MS } from "#shared/domain/rules.ts";
import { EngineShard } from "#test/support/engine-shard.ts";

/** Two orders at one price, others elsewhere, one that waits, an OCO at work and a list with an order to come. */
const WHOLE = wholeState();

describe("a column of numbers", () => {
  const write = (values: readonly number[]) => {
    const writer = new ByteWriter(1);
    writeColumn(writer, Float64Array.from(values), values.length);
    return writer.finish();
  };
  const read = (bytes: Uint8Array, count: number) => {
    const reader = new ByteReader(bytes);
    const column = new Float64Array(count);
    readColumn(reader, column, count);
    reader.end();
    return [...column];
  };
  const MOST = Number.MAX_SAFE_INTEGER;

  it("takes as few bytes as its numbers lie apart", () => {
    const sizes = [
      [7, 7, 7],
      [300, 301, 555],
      [0, 256, 65_535],
      [5, 65_541, 2 ** 32 + 4],
      [0, 2 ** 32, MOST],
    ].map((values) => {
      const bytes = write(values);
      expect(read(bytes, values.length)).to.deep.equal(values);
      return bytes.length;
    });
    // The least of them, their width, and three of them.
    expect(sizes).to.deep.equal([1 + 1, 2 + 1 + 3, 1 + 1 + 6, 1 + 1 + 12, 1 + 1 + 24]);
  });

  it("holds no number that is negative, broken or too large", () => {
    for (const value of [
      -1,
      -200,
      0.5,
      200.5,
      2 ** 31 + 0.5,
      Number.NaN,
      2 ** 53,
      Number.POSITIVE_INFINITY,
    ]) {
      for (const beside of [[], [0], [1, 255], [0, 70_000], [0, MOST]]) {
        expect(() => write([...beside, value])).to.throw(InvariantViolation);
      }
    }
  });

  it("is refused in any form but the shortest", () => {
    const refused = [
      // No number is the least; a width that none needs; one that there is not.
      [1, 1, 1, 2],
      [1, 1, 0, 0],
      [1, 2, 0, 0, 255, 0],
      [1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
      [1, 3, 0, 0, 0, 1, 1, 1],
      // Beyond 2^53, by itself and with the least.
      [0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0],
      [1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
      // Too short.
      [1, 1, 0],
    ];
    for (const bytes of refused) expect(() => read(Uint8Array.from(bytes), 2)).to.throw(DecodingError);
  });
});

describe("a snapshot", () => {
  it("holds a book of many levels, some of long queues, by price and then time", () => {
    const shard = new EngineShard({ name: "fast engine", create: createEngine });
    const placed: { id: number; price: number }[] = [];
    const place = (price: number) => {
      const id = placed.length + 1;
      shard.place({ id, price, quantity: 1 });
      placed.push({ id, price });
    };
    // Every third level has a long queue; what is canceled gives its place in memory to one that comes later.
    for (let at = 0; at < 600; at++) place(100 + ((at * 7) % 40));
    for (let at = 0; at < 60; at++) place(100 + 3 * (at % 3));
    const isCanceled = ({ id }: { id: number }) => id % 5 === 0;
    for (const { id } of placed.filter(isCanceled)) shard.cancel(id);
    const left = placed.filter((order) => !isCanceled(order));
    const before = placed.length;
    for (let at = 0; at < 40; at++) place(100 + at);
    left.push(...placed.slice(before));

    const bytes = shard.engine.snapshot();
    const [market] = decodeState(bytes).markets;
    expect(market?.bids.map(({ orderId }) => orderId)).to.deep.equal(
      left.sort((a, b) => b.price - a.price || a.id - b.id).map(({ id }) => id),
    );
    expect(market?.bids.length, "more than a block of a table has rows").to.be.greaterThan(2 * BLOCK_ROWS);
    expect(restoreEngine(bytes).snapshot()).to.deep.equal(bytes);
    expect(encodeState(decodeState(bytes))).to.deep.equal(bytes);
  });

  it("tells each client order id once: remembered or not, of an open order or of none", () => {
    const shard = new EngineShard({ name: "fast engine", create: createEngine });
    shard.place({ id: 1, price: 90, quantity: 1, clientOrderId: "open-and-forgotten" });
    shard.place({ id: 2, price: 91, quantity: 1, clientOrderId: "done-and-forgotten" });
    shard.cancel(2);
    shard.tick(MEMORY_MS + 1);
    shard.place({ id: 3, price: 92, quantity: 1, clientOrderId: "open-and-remembered" });
    shard.place({ id: 4, price: 93, quantity: 1, clientOrderId: "done-and-remembered" });
    shard.cancel(4);

    const bytes = shard.engine.snapshot();
    const timesIn = (text: string) => Buffer.from(bytes).toString("latin1").split(text).length - 1;
    expect(timesIn("open-and-forgotten")).to.equal(1);
    expect(timesIn("done-and-forgotten")).to.equal(0);
    expect(timesIn("open-and-remembered")).to.equal(1);
    expect(timesIn("done-and-remembered")).to.equal(1);
    expect(decodeState(bytes).clientOrderIds.map(({ clientOrderId }) => clientOrderId)).to.deep.equal([
      "open-and-remembered",
      "done-and-remembered",
    ]);
    const restored = restoreEngine(bytes);
    expect(restored.snapshot()).to.deep.equal(bytes);
    expect(restored.digest()).to.equal(shard.engine.digest());
  });

  it("is taken over as it stands", () => {
    expect(restoreEngine(encodeState(WHOLE)).state()).to.deep.equal(WHOLE);
  });

  const market = (change: (market: MarketState) => Partial<MarketState>) => (state: EngineState) => ({
    ...state,
    markets: state.markets.map((each) => ({ ...each, ...change(each) })),
  });
  const bid = (at: number, change: Partial<OpenOrder>) =>
    market(({ bids }) => ({
      bids: bids.map((each, place) => (place === at ? { ...each, ...change } : each)),
    }));
  const waiting = (change: Partial<OpenOrder>) =>
    market((each) => ({ waiting: each.waiting.map((order) => ({ ...order, ...change })) }));
  const [firstBid] = WHOLE.markets[0]?.bids ?? [];

  const refusals: readonly [what: string, why: RegExp, change: (state: EngineState) => EngineState][] = [
    ["a command twice", /command is remembered once/, (s) => ({ ...s, commands: again(s.commands, "seq") })],
    ["a deposit twice", /command is remembered once/, (s) => ({ ...s, deposits: again(s.deposits, "seq") })],
    ["commands in another order", /one after another/, (s) => ({ ...s, commands: s.commands.toReversed() })],
    [
      "a client order id twice",
      /client order id stands once/,
      (s) => ({ ...s, clientOrderIds: again(s.clientOrderIds) }),
    ],
    ["a balance twice", /balances stand by account/, (s) => ({ ...s, balances: again(s.balances) })],
    ["assets in another order", /assets stand by id/, (s) => ({ ...s, assets: s.assets.toReversed() })],
    ["a market twice", /markets stand by id/, (s) => ({ ...s, markets: [...s.markets, ...s.markets] })],
    ["a book in another order", /price, then time/, market(({ bids }) => ({ bids: bids.toReversed() }))],
    ["an order id twice", /have one id/, bid(1, { orderId: firstBid?.orderId as OpenOrder["orderId"] })],
    [
      "a client order id of two orders",
      /client order id is remembered once/,
      bid(2, { clientOrderId: firstBid?.clientOrderId ?? "" }),
    ],
    ["an order on the wrong side", /belongs there/, bid(0, { side: "SELL" })],
    ["an order that is done", /something left/, bid(0, { executed: 10, executedQuote: 1 })],
    ["an order that shows too little", /shows what it should/, bid(0, { visible: 1 })],
    ["an order that locks too little", /locks what it needs/, bid(0, { locked: 1 })],
    ["an order that locks at another price", /locks at its price/, bid(0, { lockPrice: 1 })],
    ["an order that began to work later", /worked since it came/, bid(0, { workingTime: 1 })],
    ["a place in time to come", /was given before/, bid(0, { priority: WHOLE.lastPriority + 1 })],
    ["an order of a list that is not there", /in its list/, bid(0, { listId: 9999 as OpenOrder["listId"] })],
    ["a price beyond all prices", /too high/, waiting({ stopPrice: 2 ** 41 })],
    ["an order that waits for nothing", /has a stop price/, waiting({ stopPrice: 0, trailingDelta: 1 })],
    ["an order that waits and shows something", /shows nothing/, waiting({ visible: 1 })],
    ["lists in another order", /lists stand by id/, market(({ lists }) => ({ lists: lists.toReversed() }))],
    [
      "a list without its orders",
      /open order/,
      market((each) => ({
        lists: each.lists.map((list) => ({
          ...list,
          orders: list.orders.map((id) => (id + 1000) as typeof id),
        })),
      })),
    ],
    [
      "transfers in another order",
      /transfers stand by id/,
      (s) => ({ ...s, transfers: ["2", "1"].map((digit) => transfer(digit)) }),
    ],
    [
      "a transfer twice",
      /transfers stand by id/,
      (s) => ({ ...s, transfers: ["1", "1"].map((digit) => transfer(digit)) }),
    ],
    ["forks in another order", /forks stand by id/, (s) => ({ ...s, forks: ["b", "a"].map(fork) })],
    ["a fork twice", /forks stand by id/, (s) => ({ ...s, forks: ["a", "a"].map(fork) })],
    [
      "money that nobody brought",
      /add up/,
      (s) => ({ ...s, assets: s.assets.map((each) => ({ ...each, supply: each.supply + 1 })) }),
    ],
  ];
  for (const [what, why, change] of refusals) {
    it(`is refused with ${what}`, () => {
      const bytes = encodeState(change(WHOLE));
      expect(() => restoreEngine(bytes)).to.throw(InvariantViolation, why);
    });
  }
});

function wholeState(): EngineState {
  const shard = new EngineShard({ name: "fast engine", create: createEngine });
  shard.place({ id: 1, price: 90, quantity: 10 });
  shard.place({ id: 2, price: 90, quantity: 10, account: 2 });
  shard.place({ id: 3, price: 80, quantity: 10, clientOrderId: "another" });
  shard.place({ id: 4, side: "SELL", price: 100, quantity: 10, account: 2 });
  shard.place({ id: 5, type: "STOP_LOSS_LIMIT", price: 120, stopPrice: 110, quantity: 10 });
  shard.list("OCO", [
    { id: 6, side: "SELL", type: "LIMIT_MAKER", price: 130, quantity: 10 },
    { id: 7, side: "SELL", type: "STOP_LOSS", timeInForce: "IOC", price: 0, stopPrice: 50, quantity: 10 },
  ]);
  shard.list("OTO", [
    { id: 8, price: 70, quantity: 10 },
    { id: 9, price: 60, quantity: 10 },
  ]);
  return decodeState(shard.engine.snapshot());
}

function transfer(digit: string): TransferState {
  return {
    transferId: digit.repeat(32),
    account: 1,
    asset: "USD",
    amount: 1,
    toShard: "shard-2",
  } as TransferState;
}

function fork(name: string): ForkState {
  return { fork: name as ForkState["fork"], cursor: 1, ended: false };
}

/** A list with its last thing once more at the end, or, if things are numbered by seq, in its last place as what is before it. */
function again<T extends object>(things: readonly T[], key?: keyof T & "seq"): readonly T[] {
  const last = things.at(-1);
  const before = things.at(-2);
  if (last === undefined || before === undefined) throw new Error("there are two things at least");
  return key === undefined ? [...things, last] : [...things.slice(0, -1), { ...before, [key]: last[key] }];
}
