import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { fanOutSource } from "#shared/adapters/aws/kinesis/fan-out-source.ts";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";
import { readStream } from "#shared/adapters/aws/kinesis/read-stream.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";

/** What a subscription says, one event after the other. */
type Script = readonly (object | { readonly error: string } | "close")[];

interface Asked {
  readonly ShardId: string;
  readonly StartingPosition: { readonly Type: string; readonly SequenceNumber?: string };
}

/** The end of a shard, and what AWS says while there is nothing to say: no server on this machine does either, so a script does. */
describe("enhanced fan-out", () => {
  const asked: Asked[] = [];
  let scripts: Script[] = [];
  let server: Server;

  beforeEach(async () => {
    asked.length = 0;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        asked.push(JSON.parse(Buffer.concat(chunks).toString()) as Asked);
        response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
        response.write(frame("initial-response", {}));
        for (const said of scripts.shift() ?? []) {
          if (said === "close") response.end();
          else if ("error" in said) response.write(frame(said.error, { message: "taken over" }, "exception"));
          else response.write(frame("SubscribeToShardEvent", said));
        }
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  /** Reads over these subscriptions until it has so many records: shard and number of each. */
  const read = async (subscriptions: Script[], count: number, quietMaxMs = 60_000): Promise<string[]> => {
    scripts = [...subscriptions];
    const clock = systemClock();
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createKinesisClient({ region: "us-east-1", endpoint });
    const source = fanOutSource({
      ...{
        client,
        clock,
        streamName: "orders",
        requestTimeoutMs: 2000,
        renewAfterMs: 60_000,
        quietMaxMs,
      },
      consumerArn: async () => "arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/a:1",
    });
    const shards = {
      firstOf: async () => "parent",
      childOf: async (shard: string) => (shard === "parent" ? "child" : undefined),
      has: async () => true,
    };
    const reading = { source, shards, streamName: "orders", hashKey: "7", clock, random: systemRandom() };
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const { streamShard, records } of readStream(reading, undefined, controller.signal)) {
      seen.push(...records.map(({ sequenceNumber }) => `${streamShard} ${sequenceNumber}`));
      if (seen.length >= count) break;
    }
    controller.abort();
    client.destroy();
    return seen;
  };
  const places = () =>
    asked.map(({ ShardId, StartingPosition: { Type, SequenceNumber } }) => [ShardId, Type, SequenceNumber]);

  it("goes on with the child when its shard has ended, from the child's beginning", async () => {
    const seen = await read(
      [[event(["1", "2"]), event(["3"]), { ...event([]), ChildShards: [child()] }], [event(["4"])]],
      4,
    );
    expect(seen).to.deep.equal(["parent 1", "parent 2", "parent 3", "child 4"]);
    expect(places()).to.deep.equal([
      ["parent", "TRIM_HORIZON", undefined],
      ["child", "TRIM_HORIZON", undefined],
    ]);
  });

  it("asks again when the five minutes are over, behind the number that it was given last, records or none", async () => {
    const seen = await read([[event(["1"]), event([], "17"), "close"], [event(["18"])]], 2);
    expect(seen).to.deep.equal(["parent 1", "parent 18"]);
    expect(places()[1]).to.deep.equal(["parent", "AFTER_SEQUENCE_NUMBER", "17"]);
  });

  it("asks again when a subscription has fallen silent", async () => {
    expect(await read([[event(["1"])], [event(["2"])]], 2, 100)).to.deep.equal(["parent 1", "parent 2"]);
    expect(places()[1]).to.deep.equal(["parent", "AFTER_SEQUENCE_NUMBER", "1"]);
  });

  it("asks again when it is told that the subscription was taken over", async () => {
    const seen = await read([[event(["1"]), { error: "ResourceInUseException" }], [event(["2"])]], 2);
    expect(seen).to.deep.equal(["parent 1", "parent 2"]);
    expect(places()[1]).to.deep.equal(["parent", "AFTER_SEQUENCE_NUMBER", "1"]);
  });
});

function event(numbers: readonly string[], continuation = numbers.at(-1) ?? "") {
  return {
    Records: numbers.map((SequenceNumber) => ({ SequenceNumber, PartitionKey: "shard-1", Data: "AA==" })),
    ContinuationSequenceNumber: continuation,
    MillisBehindLatest: 0,
  };
}

function child() {
  const HashKeyRange = { StartingHashKey: "0", EndingHashKey: "9" };
  return { ShardId: "child", ParentShards: ["parent"], HashKeyRange };
}

/** A message of AWS's event stream encoding. */
function frame(name: string, body: object, kind: "event" | "exception" = "event"): Uint8Array {
  const text = (value: string) => ({ type: "string" as const, value });
  return new EventStreamCodec(toUtf8, fromUtf8).encode({
    headers: {
      ":message-type": text(kind),
      [kind === "event" ? ":event-type" : ":exception-type"]: text(name),
      ":content-type": text("application/json"),
    },
    body: Buffer.from(JSON.stringify(body)),
  });
}
