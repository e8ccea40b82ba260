import { createEngine } from "#services/matching/engine/engine.ts";
import { ProjectionFolders } from "#services/projector/projection-folders.ts";
import { pack } from "#shared/adapters/aws/dynamodb/pack.ts";
import { candleItem, orderItem, tradeItem } from "#shared/adapters/aws/dynamodb/projection-rows.ts";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, OrderId, ShardId } from "#shared/domain/ids.ts";
import type { OrderRow, Projections } from "#shared/ports/projections.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { BRANCH, envelopesOf, genesis } from "../engine/meridian-engine.ts";
import { FLOWS, makeFlow } from "../flows/make-flow.ts";
import { itemBytes, unitsOf, writeUnits } from "./item-size.ts";

/**
 * `node bench/stored-data/measure-items.ts`: how large what is stored of an order is, and how many write units it takes, on the bench's thin flow with ids as
 * they are in production. Sizes are the encodings' own; units follow DynamoDB's rules. Nothing is sent anywhere.
 */
const COMMANDS = 50_000;
const SHARD = "crypto-1" as ShardId;
/** As many outcomes in a batch of the journal, and in a step of the tables. */
const BATCHES = [1, 10, 50, 200, 500];
const JOURNAL_KEYS_BYTES = 220;

/** A folder that begins at nothing asks the tables nothing. */
const NO_TABLES = {} as Projections;
const random = seededRandom(1);
const hex = (bytes: number) => Buffer.from(random.bytes(bytes)).toString("hex");

const [thin] = FLOWS;
if (thin === undefined) throw new Error("there is a flow");
const commands = envelopesOf(makeFlow({ ...thin, commands: COMMANDS })).map(asInProduction);
const outcomes = fold([...genesis(), ...commands]).slice(-COMMANDS);
const orders = commands.filter(({ command }) => command.kind === "PlaceOrder").length;
const trades = outcomes.flatMap(({ events }) => events.filter(({ kind }) => kind === "Trade")).length;

print(`${COMMANDS} commands: ${orders} orders, ${COMMANDS - orders} cancels, ${trades} trades.`);
print(`A command on the log: ${mean(commands.map((one) => encodeCommand(one).length))} bytes.`);
print(`An outcome before it is packed: ${mean(outcomes.map((one) => encodeOutcome(one).length))} bytes.`);
print("");
print(
  "| outcomes in a batch | journal: bytes an outcome | units a batch (item, index) | units an order | tables: units an order | steps: units an order |",
);
print("| ---: | ---: | ---: | ---: | ---: | ---: |");
for (const size of BATCHES) print(await rowOf(size));
print("");
print(await itemSizes());

async function rowOf(size: number): Promise<string> {
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
  const each = (units: number) => (units / orders).toFixed(2);
  const bytesEach = (journalBytes / outcomes.length).toFixed(0);
  const unitsEach = (journalUnits / count).toFixed(1);
  return `| ${size} | ${bytesEach} | ${unitsEach} | ${each(journalUnits)} | ${each(tableUnits)} | ${each(stepUnits)} |`;
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

/** Ids that do not repeat and do not compress: hashes, a node's numbers, a client's own names. */
function asInProduction(envelope: CommandEnvelope): CommandEnvelope {
  const { command } = envelope;
  const commandId = hex(16) as CommandId;
  if (command.kind === "PlaceOrder") {
    const named = { orderId: orderIdOf(command.orderId), clientOrderId: hex(11) };
    return { ...envelope, commandId, command: { ...command, ...named } };
  }
  if (command.kind === "CancelOrder")
    return {
      ...envelope,
      commandId,
      command: { ...command, orderId: orderIdOf(command.orderId as OrderId) },
    };
  return { ...envelope, commandId };
}

function orderIdOf(order: number): OrderId {
  return (3 * 2 ** 41 + 1_000_000 + order) as OrderId;
}

function fold(envelopes: readonly CommandEnvelope[]): Outcome[] {
  const engine = createEngine(SHARD, BRANCH);
  return envelopes.map((envelope) => {
    const events = engine.apply(envelope);
    const { seq, time } = engine;
    return { shard: SHARD, branch: BRANCH, seq, time, commandId: envelope.commandId, events };
  });
}

function mean(all: readonly number[]): string {
  return (all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
