import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { CreateStreamCommand, DescribeStreamSummaryCommand } from "@aws-sdk/client-kinesis";
import { startKinesis } from "#local/aws-local/start-kinesis.ts";
import { hashKeyOf } from "#shared/adapters/aws/kinesis/hash-key.ts";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";
import { openKinesisCommandLog } from "#shared/adapters/aws/kinesis/kinesis-command-log.ts";
import type { FlushObserved } from "#shared/adapters/aws/kinesis/log-writer.ts";
import { openSqliteLogMarks } from "#shared/adapters/embedded/sqlite-log-marks.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { AccountId, BranchId, CommandId, MarketId, OrderId } from "#shared/domain/ids.ts";

/** Sizes, aggregation and latency of the command log on a Kinesis server of this machine, at several loads: `node bench/kinesis-log.ts`. The figures of docs/scaling.md. */
const LOADS = [100, 1000, 5000, 20_000];
const SECONDS = 4;

const clock = systemClock();
const random = systemRandom();
const server = await startKinesis({ clock });
const client = createKinesisClient({ region: "us-east-1", endpoint: server.url });
const folder = await mkdtemp(join(tmpdir(), "meridian-bench-"));
const streamName = basename(folder);
await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: 1 }));
for (;;) {
  const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }));
  if (answer.StreamDescriptionSummary?.StreamStatus === "ACTIVE") break;
}

let flushes: FlushObserved[] = [];
const log = await openKinesisCommandLog({
  ...{ client, streamName, log: "shard-1", hashKey: hashKeyOf(0, 1), clock, random },
  marks: openSqliteLogMarks({ file: join(folder, "marks.db") }),
  pollIntervalMs: 5,
  maxWaiting: 200_000,
  onFlush: (flush) => flushes.push(flush),
  onUndecodable: ({ reason }) => {
    throw new Error(reason);
  },
  onFailure: (error) => {
    throw error;
  },
});

process.stdout.write(
  "| commands/s asked | done | a record | bytes a command | put ms p50 / p99 | append ms p50 / p99 |\n",
);
process.stdout.write("| ---: | ---: | ---: | ---: | ---: | ---: |\n");
let number = 0;
for (const load of LOADS) {
  flushes = [];
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  const start = clock.monotonic();
  for (let sent = 0; sent < load * SECONDS; ) {
    const due = Math.min(load * SECONDS, Math.floor(((clock.monotonic() - start) * load) / 1000));
    for (; sent < due; sent++) {
      const since = clock.monotonic();
      const done = log.append(order(++number)).then(({ ok }) => {
        if (ok) latencies.push(clock.monotonic() - since);
      });
      pending.push(done);
    }
    await new Promise((resolve) => clock.schedule(1, () => resolve(undefined)));
  }
  await Promise.all(pending);
  const seconds = (clock.monotonic() - start) / 1000;
  const commands = flushes.reduce((sum, flush) => sum + flush.commands, 0);
  const bytes = flushes.reduce((sum, flush) => sum + flush.bytes, 0);
  const puts = flushes.map(({ latencyMs }) => latencyMs);
  const cells = [
    load.toLocaleString("en"),
    Math.round(latencies.length / seconds).toLocaleString("en"),
    (commands / flushes.length).toPrecision(3),
    (bytes / commands).toPrecision(3),
    `${quantile(puts, 0.5)} / ${quantile(puts, 0.99)}`,
    `${quantile(latencies, 0.5)} / ${quantile(latencies, 0.99)}`,
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}
await log.close();
client.destroy();
await server.stop();
await rm(folder, { recursive: true });

/** A limit order as clients send most: with an id of 11 characters. */
function order(id: number): Uint8Array {
  return encodeCommand({
    commandId: Buffer.from(random.bytes(16)).toString("hex") as CommandId,
    branch: "us-east-1.1" as BranchId,
    validUntil: 1_700_000_000_000 + id,
    command: {
      kind: "PlaceOrder",
      account: (1000 + (id % 5000)) as AccountId,
      market: "BTCUSDT" as MarketId,
      orderId: (10_000_000 + id) as OrderId,
      clientOrderId: `c${String(id).padStart(10, "0")}`,
      ...{ side: "BUY", type: "LIMIT", timeInForce: "GTC", selfTradePrevention: "NONE" },
      ...{ price: 6_500_000, quantity: 15_000, quoteQuantity: 0, stopPrice: 0, trailingDelta: 0 },
      ...{ icebergQuantity: 0, goodTillDate: 0 },
    },
  });
}

function quantile(values: readonly number[], at: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) * at)] ?? 0).toPrecision(2);
}
