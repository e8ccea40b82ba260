import { type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import type { Command } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { AccountId, AssetId, MarketId, OrderId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { percentile } from "../statistics.ts";
import { BRANCH, enveloped, genesis } from "./meridian-engine.ts";

const MARKET = "BTCUSDT" as MarketId;
const SAMPLE = 20_000;
const MID = 500_000;
const PRICES = 20_000;

/** What the engine costs with so many orders open, of so many accounts. */
export interface ScaleRow {
  readonly openOrders: number;
  readonly accounts: number;
  /** Memory of the engine in MB (10^6 bytes): what the process has more than before. */
  readonly memoryMB: number;
  /** Nanoseconds of one command: a resting order and its cancel, medians; and of any of them at high percentiles, microseconds. */
  readonly placeNsMedian: number;
  readonly cancelNsMedian: number;
  readonly applyUsP99: number;
  readonly applyUsP999: number;
  readonly applyUsMax: number;
  /** The same percentile of a loop of arithmetic that takes about as long: what the machine alone makes of it. */
  readonly machineUsP999: number;
  /** Pauses of the garbage collector while the sample was folded: how many, and their sum in ms. */
  readonly gcPauses: number;
  readonly gcMs: number;
  readonly snapshotMB: number;
  readonly snapshotMs: number;
  readonly restoreMs: number;
}

/** Opens that many orders, then folds a sample of commands one by one, then takes and restores a snapshot. */
export async function measureScale(openOrders: number, accounts: number): Promise<ScaleRow> {
  const random = seededRandom(openOrders);
  const before = await memory();
  const orders = openOrders + 2 * SAMPLE;
  const engine = createEngine("shard-1" as ShardId, BRANCH, {
    orders,
    accounts,
    commands: orders + 2 * SAMPLE,
    clientOrderIds: orders,
  });
  for (const envelope of genesis()) engine.applyEncoded(encodeCommand(envelope));
  let number = 1_000_000_000;
  const apply = (command: Command) => engine.applyEncoded(encodeCommand(enveloped(command, ++number)));
  for (let account = 1; account <= accounts; account++) {
    for (const asset of ["BTC", "USDT"] as AssetId[]) {
      apply({ kind: "Deposit", account: account as AccountId, asset, amount: 4e10 });
    }
  }
  const place = (id: number): Command => placed(id, 1 + (id % accounts), random);
  for (let id = 1; id <= openOrders; id++) apply(place(id));
  assert(openOrdersOf(engine) === openOrders, "every order rests");
  const memoryMB = ((await memory()) - before) / 1e6;

  let lastId = openOrders;
  const sample = (): { places: number[]; cancels: number[] } => {
    const places = new Float64Array(SAMPLE);
    const cancels = new Float64Array(SAMPLE);
    for (let at = 0; at < SAMPLE; at++) {
      // Any of the orders, so that most of them have not been touched for long.
      const victim = 1 + random.below(openOrders);
      const placing = encodeCommand(enveloped(place(++lastId), ++number));
      const canceling = encodeCommand(enveloped(cancel(victim, 1 + (victim % accounts)), ++number));
      places[at] = timeOf(() => engine.applyEncoded(placing));
      cancels[at] = timeOf(() => engine.applyEncoded(canceling));
    }
    return { places: [...places], cancels: [...cancels] };
  };
  // Nothing was canceled so far: the first sample lets the runtime compile that, and does not count.
  sample();
  const pauses = await countPauses(sample);
  const { places, cancels } = pauses.result;
  const all = [...places, ...cancels];
  const snapshotBegin = performance.now();
  const bytes = engine.snapshot();
  const restoreBegin = performance.now();
  const restored = restoreEngine(bytes);
  const restoreMs = performance.now() - restoreBegin;
  assert(restored.digest() === engine.digest(), "a restored engine has the same digest");
  return {
    openOrders,
    accounts,
    memoryMB: Math.round(memoryMB),
    placeNsMedian: Math.round(percentile(places, 50)),
    cancelNsMedian: Math.round(percentile(cancels, 50)),
    applyUsP99: Math.round(percentile(all, 99) / 100) / 10,
    applyUsP999: Math.round(percentile(all, 99.9) / 100) / 10,
    applyUsMax: Math.round(percentile(all, 100) / 100) / 10,
    machineUsP999: Math.round(percentile(timesOfLoop(percentile(all, 50), all.length), 99.9) / 100) / 10,
    gcPauses: pauses.count,
    gcMs: Math.round(10 * pauses.ms) / 10,
    snapshotMB: Math.round(bytes.length / 1e6),
    snapshotMs: Math.round(restoreBegin - snapshotBegin),
    restoreMs: Math.round(restoreMs),
  };
}

/** Nanoseconds of some work. */
function timeOf(work: () => unknown): number {
  const begin = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begin);
}

/** Nanoseconds of a loop that touches no memory, so many times; it is made about as long as told. */
function timesOfLoop(ns: number, count: number): number[] {
  let word = 1;
  const loop = (steps: number) => {
    for (let step = 0; step < steps; step++) word = Math.imul(word, 1_103_515_245) + 12_345;
  };
  const steps = 1000;
  const trials = Array.from({ length: 1000 }, () => timeOf(() => loop(steps)));
  const wanted = Math.ceil((steps * ns) / Math.max(1, percentile(trials, 50)));
  return Array.from({ length: count }, () => timeOf(() => loop(wanted)));
}

/** An order that rests: below the middle to buy, above it to sell. */
function placed(id: number, account: number, random: ReturnType<typeof seededRandom>): Command {
  const isBuy = id % 2 === 0;
  const away = 1 + random.below(PRICES);
  return {
    kind: "PlaceOrder",
    orderId: id as OrderId,
    account: account as AccountId,
    market: MARKET,
    clientOrderId: `bench-${id}`,
    side: isBuy ? "BUY" : "SELL",
    type: "LIMIT",
    timeInForce: "GTC",
    selfTradePrevention: "NONE",
    price: isBuy ? MID - away : MID + away,
    quantity: 20,
    quoteQuantity: 0,
    stopPrice: 0,
    trailingDelta: 0,
    icebergQuantity: 0,
    goodTillDate: 0,
  };
}

function cancel(id: number, account: number): Command {
  return {
    kind: "CancelOrder",
    account: account as AccountId,
    market: MARKET,
    orderId: id as OrderId,
    origClientOrderId: "",
    restriction: "NONE",
  };
}

function openOrdersOf(engine: Engine): number {
  const market = engine.state().markets.find(({ market }) => market.id === MARKET);
  return (market?.bids.length ?? 0) + (market?.asks.length ?? 0);
}

/** Bytes in use after two collections: array buffers are freed behind the first. */
async function memory(): Promise<number> {
  globalThis.gc?.();
  await setImmediate();
  globalThis.gc?.();
  await setImmediate();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Pauses of the garbage collector during work, as the runtime reports them. */
async function countPauses<T>(work: () => T): Promise<{ result: T; count: number; ms: number }> {
  const durations: number[] = [];
  const note = (entries: readonly PerformanceEntry[]) =>
    durations.push(...entries.map(({ duration }) => duration));
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  const result = work();
  await setImmediate();
  note(observer.takeRecords());
  observer.disconnect();
  return { result, count: durations.length, ms: durations.reduce((sum, each) => sum + each, 0) };
}
