import { GetRecordsCommand, GetShardIteratorCommand, ListShardsCommand } from "@aws-sdk/client-kinesis";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";

/** The first records of every shard of a stream (as many as one read gives), as text. */
export async function streamText(endpoint: string, StreamName: string): Promise<string> {
  const client = createKinesisClient({ region: "us-east-1", endpoint });
  try {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
    const texts: string[] = [];
    for (const { ShardId } of Shards) {
      const start = new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" });
      const { ShardIterator } = await client.send(start);
      const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
      texts.push(Buffer.concat(Records.map(({ Data = new Uint8Array() }) => Data)).toString());
    }
    return texts.join("");
  } finally {
    client.destroy();
  }
}
