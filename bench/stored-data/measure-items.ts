import { ProjectionFolders } from "#services/projector/projection-folders.ts";
import { pack } from "#shared/adapters/aws/dynamodb/pack.ts";
import { candleItem, orderItem, tradeItem } from "#shared/adapters/aws/dynamodb/projection-rows.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { OrderId } from "#shared/domain/ids.ts";
import type { OrderRow, Projections } from "#shared/ports/projections.ts";
import { productionFlow } from "../flows/production-flow.ts";
import { writeResult } from "../write-result.ts";
import { itemBytes, unitsOf, writeUnits } from "./item-size.ts";

/**
 * `node bench/stored-data/measure-items.ts`: how large what is stored of an order is, and how many write units it takes, on the bench's thin flow with ids as
 * they are in production. Sizes are the encodings' own; units follow DynamoDB's rules. Nothing is sent anywhere. The units are written to bench/results/stored-data.json.
 */
const COMMANDS = 50_000;
/** As many outcomes in a batch of the journal, and in a step of the tables. */
const BATCHES = [1, 10, 50, 200, 500];
const JOURNAL_KEYS_BYTES = 220;

/** A folder that begins at nothing asks the tables nothing. */
const NO_TABLES = {} as Projections;
const { commands, outcomes, orders, trades } = productionFlow(COMMANDS);

print(`${COMMANDS} commands: ${orders} orders, ${COMMANDS - orders} cancels, ${trades} trades.`);
print(`A command on the log: ${mean(commands.map((one) => encodeCommand(one).length))} bytes.`);
print(`An outcome before it is packed: ${mean(outcomes.map((one) => encodeOutcome(one).length))} bytes.`);
print("");
print(
  "| outcomes in a batch | journal: bytes an outcome | units a batch (item, index) | units an order | tables: units an order | steps: units an order |",
);
print("| ---: | ---: | ---: | ---: | ---: | ---: |");
const rows = [];
for (const size of BATCHES) {
  const row = await rowOf(size);
  rows.push(row);
  const units = [row.journalUnitsPerOrder, row.tableUnitsPerOrder, row.stepUnitsPerOrder];
  print(
    `| ${size} | ${row.journalBytesPerOutcome} | ${row.unitsPerBatch} | ${units.map((one) => one.toFixed(2)).join(" | ")} |`,
  );
}
print("");
print(await itemSizes());
const command = "node bench/stored-data/measure-items.ts";
print("");
print(writeResult("stored-data", { command, commands: COMMANDS, rows }));

async function rowOf(size: number) {
  let [journalBytes, journalUnits, tableUnits, stepUnits, count] = [0, 0, 0, 0, 0];
  const folders = await ProjectionFolders.from(undefined, NO_TABLES);
  const seen = new Map<OrderId, OrderRow>();
  const minutes = new Set<number>();
  for (let at = 0; at < outcomes.length; at += size) {
    const batch = outcomes.slice(at, at + size);
    const bytes = (await pack(batch.map(encodeOutcome))).length;
    journalBytes += bytes;
    journalUnits += unitsOf(bytes + JOURNAL_KEYS_BYTES) + 1;
    count++;
    const rows = folders.fold(batch, 0);
    for (const order of rows.orders)
      tableUnits += writeUnits("orders", orderItem(order, 0), !seen.has(order.orderId));
    for (const trade of rows.trades) tableUnits += writeUnits("trades", tradeItem(trade, "live", 0), true);
    for (const candle of rows.candles) {
      tableUnits += writeUnits("candles", candleItem(candle, 1, 0), !minutes.has(candle.openTime));
      minutes.add(candle.openTime);
    }
    const step = {
      ...rows,
      orders: rows.orders.map((after) => ({ after, before: seen.get(after.orderId) })),
    };
    // The step and its deletion; the head before and after its rows.
    const stepBytes = (await pack([new TextEncoder().encode(JSON.stringify(step))])).length;
    stepUnits += 2 * unitsOf(stepBytes) + 2;
    for (const order of rows.orders) seen.set(order.orderId, order);
  }
  const each = (units: number) => Number((units / orders).toFixed(3));
  return {
    outcomes: size,
    journalBytesPerOutcome: Math.round(journalBytes / outcomes.length),
    unitsPerBatch: Number((journalUnits / count).toFixed(1)),
    journalUnitsPerOrder: each(journalUnits),
    tableUnitsPerOrder: each(tableUnits),
    stepUnitsPerOrder: each(stepUnits),
  };
}

async function itemSizes(): Promise<string> {
  const rows = (await ProjectionFolders.from(undefined, NO_TABLES)).fold(outcomes, 0);
  const sizes = [
    ["an order", rows.orders.map((order) => itemBytes(orderItem(order, 0)))],
    ["a trade", rows.trades.map((trade) => itemBytes(tradeItem(trade, "live", 0)))],
    ["a candle", rows.candles.map((candle) => itemBytes(candleItem(candle, 1, 0)))],
  ] as const;
  return sizes.map(([what, all]) => `${what}: ${mean(all)} bytes`).join("; ");
}

function mean(all: readonly number[]): string {
  return (all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
