import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { openDynamoLogCopies } from "#shared/adapters/aws/dynamodb/dynamo-log-copies.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import { SHARD } from "./acceptor-contract.ts";
import { bytesOf, numberOf } from "./command-log-contract.ts";
import { dynamoAt, makeDynamoPlace } from "./dynamodb-adapters.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";

const [VIRGINIA, IRELAND] = ["us-east-1", "eu-west-1"] as [RegionId, RegionId];

if (isDynamoDbHere())
  describe("copies of other Regions' logs on DynamoDB", () => {
    let server: RunningServer;
    const closers: (() => unknown)[] = [];

    before(async () => {
      server = await startDynamoDb({ clock: systemClock() });
    });
    after(() => server.stop());
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
    });

    it("that another task writes are heard of when it rings: each record once, of the logs that are followed", async () => {
      const dynamo = dynamoAt(await makeDynamoPlace(server.url));
      closers.push(() => dynamo.close());
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
      closers.push(() => written.close());
      closers.push(() => watched.close());
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
  });
