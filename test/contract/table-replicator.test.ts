import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { replicaOf } from "#local/aws-local/prepare-region.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { createTables } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import type { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { replicateTable } from "#shared/adapters/aws/dynamodb/table-replicator.ts";
import type { AwsPlace } from "#shared/adapters/aws/region/aws-place.ts";
import { openDynamo } from "#shared/adapters/aws/region/open-dynamo.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";

const REGIONS = ["us-east-1", "eu-west-1"] as RegionId[];

if (isDynamoDbHere())
  describe("what plays a global table between two servers", function () {
    this.timeout(60_000);
    const clock = systemClock();
    const servers: RunningServer[] = [];
    const tables: Dynamo[] = [];
    let places: AwsPlace[];
    let replicator: { stop(): Promise<void> };

    before(async () => {
      places = await Promise.all(
        REGIONS.map(async (region) => {
          const server = await startDynamoDb({ clock });
          servers.push(server);
          return {
            environment: "test",
            accountId: "000000000000",
            region,
            endpoints: { dynamodb: server.url },
          };
        }),
      );
      for (const place of places) {
        const dynamo = openDynamo(place, clock);
        tables.push(dynamo);
        await createTables(dynamo, ["journal"]);
      }
      replicator = replicateTable({
        replicas: await Promise.all(places.map((place) => replicaOf(place, "journal", clock))),
        isWrittenBy: (region, hashKey) => hashKey.split("#")[1] === region,
        clock,
        onTrouble: (error) => {
          throw error;
        },
      });
    });
    after(async () => {
      await replicator.stop();
      for (const dynamo of tables) dynamo.close();
      for (const server of servers) await server.stop();
    });

    const keyIn = (region: string, sk = "1") => ({ pk: `TAPE#${region}`, sk });
    const at = (index: number): Dynamo => {
      const dynamo = tables[index];
      if (dynamo === undefined) throw new Error(`there is no server ${index}`);
      return dynamo;
    };

    it("writes in the other Region what a Region writes, in its order, and its removals", async () => {
      const key = keyIn("us-east-1");
      for (let n = 1; n <= 5; n++) await at(0).put("journal", { ...key, n, bytes: Uint8Array.of(n) });
      await eventually(async () => (await at(1).get("journal", key))?.n === 5);
      expect((await at(1).get("journal", key))?.bytes).to.deep.equal(Uint8Array.of(5));
      await at(0).remove("journal", key);
      await eventually(async () => (await at(1).get("journal", key)) === undefined);
    });

    it("sends nothing round that it wrote itself: each Region's last word on its own items stands in both", async () => {
      const each = REGIONS.map((region) => keyIn(region, "2"));
      for (let n = 1; n <= 30; n++)
        for (const [index, key] of each.entries()) await at(index).put("journal", { ...key, n });
      for (const key of each)
        for (const index of [0, 1])
          await eventually(async () => (await at(index).get("journal", key))?.n === 30);
      // What went round would come in these rounds, and bring back what was before.
      for (let n = 31; n <= 33; n++) {
        for (const [index, key] of each.entries()) await at(index).put("journal", { ...key, n });
        for (const key of each)
          for (const index of [0, 1])
            await eventually(async () => (await at(index).get("journal", key))?.n === n);
      }
    });
  });
