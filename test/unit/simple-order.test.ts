import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Principal } from "#services/gateway/identity/principal.ts";
import type { OrderEntry, Submission } from "#services/gateway/order-entry.ts";
import { decimalText } from "#services/gateway/simple-order/decimal-text.ts";
import { placeSimpleOrder } from "#services/gateway/simple-order/place-simple-order.ts";
import { defaultMarketOf } from "#services/gateway/simple-order/simple-order-command.ts";
import { createRegionView } from "#services/gateway/views/create-region-view.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { openSqliteConnections } from "#shared/adapters/embedded/sqlite-connections.ts";
import type { Command } from "#shared/domain/command.ts";
import type { AccountId, AssetId, BranchId, CommandId, OrderId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Connections } from "#shared/ports/connections.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { exchangeOf } from "#test/support/exchange-of.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { oneShard } from "#test/support/one-shard.ts";

const ACCOUNT = 7 as AccountId;
const USER: Principal = { account: ACCOUNT, user: "user1", via: "session", canTrade: true };
const MESSAGE = { orderId: "12345", type: "SELL", userID: "user1", coinID: "BTC", quantity: 5, price: 100 };

describe("the decimal text of a JSON number", () => {
  for (const [value, text] of [
    [5, "5"],
    [0.1, "0.1"],
    [1e-7, "0.0000001"],
    [1.5e-7, "0.00000015"],
    [123456789.12345678, "123456789.12345678"],
    [1e21, "1000000000000000000000"],
    [1.25e22, "12500000000000000000000"],
    ["0.30", "0.30"],
  ] as const) {
    it(`is ${text} for ${JSON.stringify(value)}`, () => expect(decimalText(value)).to.equal(text));
  }

  for (const value of [
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "-1",
    "1e3",
    "",
    ".5",
    " 1",
    "0x10",
    "1,5",
  ]) {
    it(`is none for ${String(value) || "nothing"}`, () => expect(decimalText(value)).to.equal(undefined));
  }

  it("reads back as the same number, whatever it is", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e30, noNaN: true }), (value) => {
        const text = decimalText(value);
        expect(text === undefined ? undefined : Number(text)).to.equal(
          value < 1e-99 && value > 0 ? Number(text) : value,
        );
        if (text !== undefined) expect(text).to.match(/^\d+(\.\d+)?$/);
      }),
      // Found by chance: 22 digits after the point, 21 before it.
      { numRuns: 2000, examples: [[0.0000010000000000000002], [123456789012345680000]] },
    );
  });
});

describe("a simple order", () => {
  it("is a resting limit order at its price", async () => {
    const { place, commands } = exchange();
    const answer = await place(MESSAGE);
    expect(answer).to.deep.equal({
      orderId: "12345",
      meridianOrderId: 1,
      symbol: "BTCUSDT",
      status: "NEW",
      executedQuantity: "0.00000000",
      shard: "shard-1",
      seq: answer.seq,
    });
    expect(commands[0]).to.include({
      type: "LIMIT",
      timeInForce: "GTC",
      price: 10_000,
      quantity: 50_000,
      side: "SELL",
    });
  });

  it("is a market order without a price", async () => {
    const { place, commands } = exchange();
    await place(MESSAGE);
    const { price: _price, ...market } = { ...MESSAGE, orderId: "2", quantity: "0.0001" };
    expect(await place(market)).to.include({ status: "EXPIRED" });
    expect(commands[1]).to.include({ type: "MARKET", timeInForce: "IOC", price: 0, quantity: 1 });
  });

  it("takes effect once, and is answered the same each time", async () => {
    const { place, view } = exchange();
    const first = await place(MESSAGE);
    expect(await place(MESSAGE)).to.deep.equal(first);
    expect(await place({ ...MESSAGE, quantity: "5.0", price: "100.00" })).to.deep.equal(first);
    expect(view.openOrders(ACCOUNT)).to.have.length(1);
  });

  it("is refused under an id that named another order", async () => {
    const { place } = exchange();
    await place(MESSAGE);
    for (const change of [{ quantity: 6 }, { price: 101 }, { type: "BUY" }, { coinID: "ETH" }]) {
      expect(await refusal(place({ ...MESSAGE, ...change }))).to.include({ code: -9004, field: "orderId" });
    }
  });

  for (const [field, code, change] of [
    ["orderId", -9020, { orderId: "" }],
    ["orderId", -9020, { orderId: "with blank" }],
    ["orderId", -9020, { orderId: 12345 }],
    ["type", -9020, { type: "sell" }],
    ["userID", -9020, { userID: undefined }],
    ["userID", -9021, { userID: "user2" }],
    ["coinID", -9020, { coinID: "DOGE" }],
    ["quantity", -9020, { quantity: 0 }],
    ["quantity", -9020, { quantity: -5 }],
    ["quantity", -9020, { quantity: "five" }],
    ["quantity", -9020, { quantity: null }],
    ["quantity", -1111, { quantity: 1e-9 }],
    ["quantity", -1013, { quantity: 0.00001 }],
    ["price", -9020, { price: 0 }],
    ["price", -9020, { price: null }],
    ["price", -1013, { price: 100.001 }],
    ["price", -1013, { price: 1e15 }],
    ["prise", -9020, { prise: 5 }],
  ] as const) {
    it(`names '${field}' for ${JSON.stringify(change)}`, async () => {
      const { place, commands } = exchange();
      expect(await refusal(place({ ...MESSAGE, ...change }))).to.include({ code, field });
      expect(commands).to.deep.equal([]);
    });
  }

  it("blames the body when it is no object", async () => {
    const { place } = exchange();
    for (const body of [null, [], "order", 5]) {
      expect(await refusal(place(body))).to.include({ code: -9020, field: "body" });
    }
  });

  it("is told what the engine refused", async () => {
    const { place } = exchange();
    expect(await refusal(place({ ...MESSAGE, quantity: 9000, price: 900 }))).to.include({ code: -2010 });
  });

  it("tells an unknown outcome from one that never was", async () => {
    const unknown = exchange({ ok: false, error: "unknown" });
    expect(await refusal(unknown.place(MESSAGE))).to.include({ code: -1007 });
    const overloaded = exchange({ ok: false, error: "overloaded" });
    expect(await refusal(overloaded.place(MESSAGE))).to.include({ code: -1008 });
  });

  it("needs a key that may trade", async () => {
    const { place } = exchange();
    expect(await refusal(place(MESSAGE, { ...USER, canTrade: false }))).to.include({ code: -2015 });
  });

  it("that comes by the serverless door ties its connection to the order before there is one, and again where the order is there already", async () => {
    const folders = temporaryFolders();
    const connections = openSqliteConnections({ file: join(folders.make(), "connections.db") });
    const expiresAt = 2_000_000_000;
    const open = (connectionId: string, account: number) =>
      connections.open({
        ...{
          connectionId,
          account: account as AccountId,
          via: "session",
          credential: new Uint8Array(),
          expiresAt,
        },
      });
    await open("first", ACCOUNT);
    await open("second", ACCOUNT);
    await open("somebody-else", 8);
    const { place, commands } = exchange(undefined, connections);
    const tied = async (orderId: number) =>
      (await connections.of(orderId as OrderId)).map(({ connectionId, account, clientOrderId }) => ({
        ...{ connectionId, account, clientOrderId },
      }));
    expect(await refusal(place(MESSAGE, USER, "somebody-else"))).to.include({ code: -1002 });
    expect(commands, "nothing was placed").to.deep.equal([]);
    const unknown = exchange({ ok: false, error: "unknown" }, connections);
    await refusal(unknown.place({ ...MESSAGE, orderId: "unsure" }, USER, "second"));
    expect(await tied(1), "whoever does not know hears of it too").to.deep.equal([
      { connectionId: "second", account: ACCOUNT, clientOrderId: "unsure" },
    ]);
    const { meridianOrderId } = await place(MESSAGE, USER, "first");
    await place(MESSAGE, USER, "second");
    await place({ ...MESSAGE, orderId: "2" }, USER, "gone");
    const own = { account: ACCOUNT, clientOrderId: MESSAGE.orderId };
    expect(await tied(meridianOrderId)).to.deep.equal([
      { connectionId: "first", ...own },
      { connectionId: "second", ...own },
    ]);
    await connections.close();
    folders.removeAll();
  });

  it("goes to the first market of the coin in the configuration, not by name", () => {
    const { view } = exchange();
    expect(defaultMarketOf(view, "ETH")?.id).to.equal("ETHUSDT");
    expect(defaultMarketOf(view, "AAPL")?.id).to.equal("AAPLUSD");
    expect(defaultMarketOf(view, "USDT")).to.equal(undefined);
  });
});

/** The real engine and the real view; what lies between them and the message (log, journal) is a function call. */
function exchange(always?: Submission, connections?: Pick<Connections, "connection" | "add">) {
  const shard = "shard-1" as ShardId;
  const branch = "test.1" as BranchId;
  const engine = createEngine(shard, branch);
  const definitions = oneShard();
  let id = 0;
  const envelope = (command: Command, commandId = idOf(`setup ${++id}`)) => ({
    commandId,
    branch,
    validUntil: 0,
    command,
  });
  for (const command of definitionCommands(definitions, shard, engine.state()))
    engine.apply(envelope(command));
  const fund = { kind: "Deposit", account: ACCOUNT, asset: "BTC" as AssetId, amount: 100 * 1e8 } as const;
  engine.apply(envelope(fund));
  const own = createRegionView({ state: engine.state(), trades: new Map(), candles: new Map() });
  const view = exchangeOf(own);
  const commands: Command[] = [];
  const outcomes = new Map<Seq, Parameters<typeof own.apply>[0]>();
  let lastOrderId = 0;
  const entry: OrderEntry = {
    mintOrderId: () => ++lastOrderId as OrderId,
    commandIdOf: (account, key) => idOf(`${account} ${key}`),
    freshCommandId: () => idOf(`fresh ${++id}`),
    submit: async (commandId, command) => {
      if (always !== undefined) return always;
      commands.push(command);
      const events = engine.apply(envelope(command, commandId));
      const outcome = { shard, branch, seq: engine.seq, time: engine.time, commandId, events };
      outcomes.set(outcome.seq, outcome);
      own.apply(outcome);
      const [event] = events;
      const first = event?.kind === "CommandRepeated" ? outcomes.get(event.firstSeq) : undefined;
      return { ok: true, outcome: first ?? outcome, repeated: first !== undefined };
    },
  };
  const place = (body: unknown, user = USER, connectionId?: string) =>
    placeSimpleOrder({ entry, view, connections }, user, body, connectionId);
  return { place, commands, view };
}

function idOf(name: string): CommandId {
  return createHash("sha256").update(name).digest("hex").slice(0, 32) as CommandId;
}

async function refusal(placing: Promise<unknown>): Promise<{ code: number; field?: string }> {
  try {
    await placing;
  } catch (error) {
    if (error instanceof ApiError) return error.toJSON();
    throw error;
  }
  throw new Error("it was not refused");
}
