import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import type { Fold } from "#shared/domain/engine.ts";
import type { AccountId, AssetId, BranchId, CommandId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { Side } from "#shared/domain/order.ts";

/** One line of an order flow: a limit order that stays until it is done, or a cancel. */
export interface FlowRecord {
  readonly op: "place" | "cancel";
  readonly side: Side;
  readonly id: number;
  readonly price: number;
  readonly quantity: number;
}

/** What an order flow gave: the tape and what was counted on the way. */
export interface Tape {
  readonly trades: number;
  readonly quantity: number;
  readonly canceled: number;
  /** 8 hex digits. */
  readonly hash: string;
}

const MAGIC = 0x424d4b31;
const HEADER_WORDS = 8;
const RECORD_WORDS = 5;

/** Reads a flow of little-endian int32 words: 8 of header (magic, version 1, setup, flow, …), then op, side, id, price, quantity. */
export function readFlow(file: URL): { readonly setup: number; readonly records: FlowRecord[] } {
  const bytes = gunzipSync(readFileSync(file));
  const word = (at: number) => bytes.readInt32LE(at * 4);
  if (word(0) !== MAGIC || word(1) !== 1) throw new Error(`${file.pathname} is no order flow of version 1`);
  const [setup, flow] = [word(2), word(3)];
  const records = Array.from({ length: setup + flow }, (_, at): FlowRecord => {
    const start = HEADER_WORDS + at * RECORD_WORDS;
    return {
      op: word(start) === 0 ? "place" : "cancel",
      side: word(start + 1) === 0 ? "BUY" : "SELL",
      id: word(start + 2),
      price: word(start + 3),
      quantity: word(start + 4),
    };
  });
  return { setup, records };
}

/** The branch that commands of a flow are meant for. */
export const FLOW_BRANCH = "test.1" as BranchId;
const MARKET = "FLOW" as MarketId;
const [BASE, QUOTE] = ["BASE" as AssetId, "QUOTE" as AssetId];
const [BUYER, SELLER] = [1 as AccountId, 2 as AccountId];
const FUNDS = 10 ** 15;
const DAY_MS = 24 * 60 * 60 * 1000;
/** So often a day passes, so that the shard forgets what it need not remember any more. */
const COMMANDS_A_DAY = 200;

/** A market where nothing but price and time counts: no fees, no filters, a lot and a tick are one unit. */
const market: Market = {
  id: MARKET,
  base: BASE,
  quote: QUOTE,
  basePerLot: 1,
  quotePerTickLot: 1,
  priceScale: 0,
  tickUnits: 1,
  minPrice: 1,
  maxPrice: 2 ** 31,
  minQuantity: 1,
  maxQuantity: 2 ** 31,
  minNotional: 0,
  maxNotional: Number.MAX_SAFE_INTEGER,
  marketMinQuantity: 1,
  marketMaxQuantity: 2 ** 31,
  bidMultiplierUp: 0,
  bidMultiplierDown: 0,
  askMultiplierUp: 0,
  askMultiplierDown: 0,
  maxIcebergParts: 0,
  maxOrders: 0,
  maxAlgoOrders: 0,
  maxIcebergOrders: 0,
  maxOrderLists: 0,
  maxPosition: 0,
  minTrailingAboveDelta: 0,
  maxTrailingAboveDelta: 0,
  minTrailingBelowDelta: 0,
  maxTrailingBelowDelta: 0,
  makerFeePpm: 0,
  takerFeePpm: 0,
  defaultSelfTradePrevention: "NONE",
  allowedSelfTradePrevention: ["NONE"],
  partitionPolicy: "match-locally",
};

/** Writes a tape down: the hash over price, quantity, maker id and taker id of each trade in turn. */
export class TapeRecorder {
  #hash = 0;
  #trades = 0;
  #quantity = 0;
  #canceled = 0;

  trade(price: number, quantity: number, maker: number, taker: number): void {
    this.#trades++;
    this.#quantity += quantity;
    for (const x of [price, quantity, maker, taker]) {
      this.#hash = Math.imul(this.#hash ^ x, 0x9e3779b1) >>> 0;
      this.#hash = (this.#hash ^ (this.#hash >>> 15)) >>> 0;
    }
  }

  cancel(): void {
    this.#canceled++;
  }

  tape(): Tape {
    const hash = this.#hash.toString(16).padStart(8, "0");
    return { trades: this.#trades, quantity: this.#quantity, canceled: this.#canceled, hash };
  }
}

/** Feeds a flow to an engine as commands. A cancel that finds nothing is refused, any other refusal is an error. */
export function playOnEngine(engine: Fold, records: readonly FlowRecord[]): Tape {
  const recorder = new TapeRecorder();
  let count = 0;
  const apply = (command: Command) => {
    const commandId = (++count).toString(16).padStart(32, "0") as CommandId;
    return engine.apply({ commandId, branch: FLOW_BRANCH, validUntil: 0, command } satisfies CommandEnvelope);
  };
  for (const command of opening()) apply(command);
  for (const [at, record] of records.entries()) {
    if (at % COMMANDS_A_DAY === 0) apply({ kind: "Tick", time: at * DAY_MS });
    for (const event of apply(commandOf(record))) {
      if (event.kind === "OrderCanceled") recorder.cancel();
      else if (event.kind === "Trade")
        recorder.trade(event.price, event.quantity, event.makerOrderId, event.takerOrderId);
      else if (event.kind === "CommandRejected" && event.reason !== "unknown-order")
        throw new Error(`record ${at} was refused: ${event.reason}`);
    }
  }
  return recorder.tape();
}

function opening(): Command[] {
  const assets = [BASE, QUOTE].map((id): Command => ({ kind: "DefineAsset", asset: { id, scale: 0 } }));
  const funds = [BUYER, SELLER].flatMap((account) =>
    [BASE, QUOTE].map((asset): Command => ({ kind: "Deposit", account, asset, amount: FUNDS })),
  );
  return [...assets, { kind: "DefineMarket", market }, ...funds];
}

function commandOf({ op, side, id, price, quantity }: FlowRecord): Command {
  const account = side === "BUY" ? BUYER : SELLER;
  const orderId = id as OrderId;
  if (op === "cancel")
    return {
      kind: "CancelOrder",
      account,
      market: MARKET,
      orderId,
      origClientOrderId: "",
      restriction: "NONE",
    };
  return {
    kind: "PlaceOrder",
    orderId,
    account,
    market: MARKET,
    clientOrderId: `o${id}`,
    side,
    type: "LIMIT",
    timeInForce: "GTC",
    price,
    quantity,
    quoteQuantity: 0,
    stopPrice: 0,
    trailingDelta: 0,
    icebergQuantity: 0,
    goodTillDate: 0,
    selfTradePrevention: "NONE",
  };
}
