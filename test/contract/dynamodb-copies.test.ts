import { expect } from "chai";
import { describe, it } from "mocha";
import { openDynamoLogCopies } from "#shared/adapters/aws/dynamodb/dynamo-log-copies.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import { SHARD } from "./acceptor-contract.ts";
import { bytesOf, numberOf } from "./command-log-contract.ts";
import { dynamoAt, makeDynamoPlace } from "./dynamodb-adapters.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";
import { ownDynamoDb } from "./support/own-dynamodb.ts";

const [VIRGINIA, IRELAND] = ["us-east-1", "eu-west-1"] as [RegionId, RegionId];

if (isDynamoDbHere())
  describe("copies of other Regions' logs on DynamoDB", () => {
    const own = ownDynamoDb();

    it("that another task writes are heard of when it rings: each record once, of the logs that are followed", async () => {
      const dynamo = dynamoAt(await makeDynamoPlace(own.url));
      own.onEnd(() => dynamo.close());
      const options = { dynamo, shards: [SHARD], origins: [VIRGINIA, IRELAND] };
      let ring = () => {};
      const onChange = (given: () => void) => {
        ring = given;
        return { cancel: () => {} };
      };
      const [written, watched] = [
        await openDynamoLogCopies(options),
        await openDynamoLogCopies({ ...options, onChange }),
      ];
      own.onEnd(() => written.close());
      own.onEnd(() => watched.close());
      const heard: number[] = [];
      watched.subscribe(SHARD, VIRGINIA, 0, (records) => {
        heard.push(...records.map(({ bytes }) => numberOf(bytes)));
      });
      for (const number of [1, 2, 3]) {
        await written.append(SHARD, VIRGINIA, [{ position: number, bytes: bytesOf(number) }]);
        await written.append(SHARD, IRELAND, [{ position: number, bytes: bytesOf(10 + number) }]);
        await eventually(() => {
          ring();
          return heard.length === number;
        });
      }
      expect(heard).to.deep.equal([1, 2, 3]);
      expect(watched.lastPosition(SHARD, VIRGINIA)).to.equal(3);
      expect(watched.lastPosition(SHARD, IRELAND), "nobody follows it").to.equal(0);
    });

    it("go as far as was read, also where what another task wrote was read before it was looked for", async () => {
      const dynamo = dynamoAt(await makeDynamoPlace(own.url));
      own.onEnd(() => dynamo.close());
      const options = { dynamo, shards: [SHARD], origins: [VIRGINIA] };
      const [written, reading] = [await openDynamoLogCopies(options), await openDynamoLogCopies(options)];
      own.onEnd(() => written.close());
      own.onEnd(() => reading.close());
      await written.append(SHARD, VIRGINIA, [{ position: 7, bytes: bytesOf(7) }]);
      expect(await reading.read(SHARD, VIRGINIA, 7, 10)).to.deep.equal([]);
      expect(reading.lastPosition(SHARD, VIRGINIA), "nothing was read").to.equal(0);
      expect(await reading.read(SHARD, VIRGINIA, 0, 10)).to.have.length(1);
      expect(reading.lastPosition(SHARD, VIRGINIA)).to.equal(7);
    });
  });
