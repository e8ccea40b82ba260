import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import type { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoPromotionRequests } from "#shared/adapters/aws/dynamodb/dynamo-promotion-requests.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { dynamoAt, makeDynamoPlace } from "./dynamodb-adapters.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";

const [ONE, TWO] = ["crypto-1", "crypto-2"] as ShardId[] as [ShardId, ShardId];
const [THERE, ELSEWHERE] = ["eu-west-1", "ap-northeast-1"] as RegionId[] as [RegionId, RegionId];
const random = seededRandom(SEED);
const fail = (error: unknown) => {
  throw error;
};

if (isDynamoDbHere())
  describe("moves of shards that a gateway asks for and the publishing task does", () => {
    let server: RunningServer;
    let dynamo: Dynamo;
    const serving: Subscription[] = [];

    before(async () => {
      server = await startDynamoDb({ clock: systemClock() });
      dynamo = dynamoAt(await makeDynamoPlace(server.url));
    });
    after(async () => {
      for (const each of serving) each.cancel();
      dynamo.close();
      await server.stop();
    });

    it("are done once, by whoever publishes the shard, and answered with what became of them", async () => {
      const clock = systemClock();
      const requests = openDynamoPromotionRequests({ dynamo, clock, random, onTrouble: fail });
      const done: string[] = [];
      const serve = async (shard: ShardId) =>
        serving.push(
          await requests.serve([shard], async (asked, to) => {
            done.push(`${asked} to ${to}`);
            return to === THERE ? "done" : "refused";
          }),
        );
      await serve(ONE);
      await serve(TWO);
      expect(await requests.ask(ONE, THERE)).to.equal("done");
      expect(await requests.ask(TWO, ELSEWHERE)).to.equal("refused");
      expect(done).to.deep.equal(["crypto-1 to eu-west-1", "crypto-2 to ap-northeast-1"]);
    });
  });
