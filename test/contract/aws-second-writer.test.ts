import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { startKinesis } from "#local/aws-local/start-kinesis.ts";
import { MatchingService } from "#services/matching/matching-service.ts";
import { recoverFold } from "#services/matching/recover.ts";
import { Tape } from "#services/replication/tape.ts";
import { createTables } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import { createStream } from "#shared/adapters/aws/kinesis/create-stream.ts";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";
import type { AwsPlace } from "#shared/adapters/aws/region/aws-place.ts";
import { openDynamo } from "#shared/adapters/aws/region/open-dynamo.ts";
import { openAwsFoldStores } from "#shared/adapters/aws/region/open-fold-stores.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { resourceName } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM } from "#shared/config/aws/streams.ts";
import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { type LineageSpan, ROOT_BRANCH } from "#shared/domain/lineage.ts";
import { eventually } from "#test/support/eventually.ts";
import { depositRecord } from "#test/support/zone-stage.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";

const REGION = "us-east-1" as RegionId;
const SHARD = "shard-1" as ShardId;
const ROOT: LineageSpan = {
  ...{ epoch: 0, branch: ROOT_BRANCH, owner: REGION, parentSeq: 0 as Seq, start: 0, cutDigest: "" },
};

if (isDynamoDbHere())
  describe("two tasks that write one shard's stores on AWS for a moment", () => {
    const clock = systemClock();
    const random = systemRandom();
    const servers: RunningServer[] = [];
    const closers: (() => unknown)[] = [];
    let place: AwsPlace;

    before(async () => {
      servers.push(await startDynamoDb({ clock }), await startKinesis({ clock }));
      const [dynamodb, kinesis] = servers.map(({ url }) => url);
      place = {
        ...{ environment: "test", accountId: "000000000000", region: REGION },
        endpoints: { dynamodb, kinesis },
      };
      const dynamo = openDynamo(place, clock);
      await createTables(dynamo);
      dynamo.close();
      const client = createKinesisClient({ region: REGION, endpoint: kinesis ?? "" });
      await createStream(client, resourceName(place.environment, COMMAND_STREAM.name), 1, clock);
      client.destroy();
    });
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
    });
    after(async () => {
      for (const server of servers) await server.stop();
    });

    it("lets the second start go on from a snapshot that the first one saves while it starts, of commands that it had not read", async () => {
      const [first, second] = [await openTask(), await openTask()];
      await first.start();
      await first.append(200);
      await eventually(() => first.seq() >= 200);
      await first.matching().takeSnapshot();
      expect(second.stores.journal.lastSeq(), "the second one knows of none of it").to.equal(0);

      await second.start();
      expect(second.seq()).to.be.at.least(200);
      expect(second.isFromSnapshot(), "it goes on from that snapshot").to.equal(true);
      await first.append(50);
      await eventually(() => first.seq() >= 250 && first.matching().digest() === second.matching().digest());
      await eventually(() => second.stores.journal.lastSeq() >= 250);
      const outcomes = await second.stores.journal.read(0, 1000);
      expect(outcomes.length).to.be.at.least(250);
      expect(outcomes.map(({ seq }) => seq)).to.deep.equal(outcomes.map((_, at) => at + 1));
    });

    let appended = 0;

    /** Opens the stores as a task that publishes does; folds and writes from its start on. */
    async function openTask() {
      const dynamo = openDynamo(place, clock);
      closers.push(() => dynamo.close());
      const all = await openAwsFoldStores({
        ...{ place, dynamo, regions: [REGION], shards: [SHARD], node: "matching", clock, random },
        ...{ onUndecodable: rethrow, onTrouble: () => {}, onFailure: rethrow },
      });
      closers.push(() => all.close());
      const stores = all.shards.get(SHARD);
      assert(stores !== undefined, "the stores are open");
      const plan = { shard: SHARD, lineage: [ROOT], fork: undefined };
      const tape = new Tape({ shard: SHARD, self: REGION, log: stores.log, copies: all.copies }, plan);
      let service: MatchingService | undefined;
      let restoredAt = 0;
      const matching = () => {
        assert(service !== undefined, "the task has started");
        return service;
      };
      return {
        stores,
        matching,
        seq: () => matching().seq,
        isFromSnapshot: () => restoredAt >= 200,
        start: async () => {
          const recovered = await recoverFold({ tape, ...stores });
          restoredAt = recovered.fold.place.seq;
          service = new MatchingService(recovered, {
            ...{ tape, ...stores, feed: createLocalOutcomeFeed(), clock, random },
            snapshotPolicy: { commandsMin: 1e6, commandsMax: 1e6, intervalMs: Number.MAX_SAFE_INTEGER },
            finalSeq: () => 0,
            onRecords: () => {},
            onDigest: () => {},
            onFailure: rethrow,
          });
          await service.catchUp();
          service.run();
          closers.push(() => service?.stop());
        },
        append: async (count: number) => {
          const appends = Array.from({ length: count }, () =>
            stores.log.append(depositRecord(ROOT_BRANCH, ++appended)),
          );
          for (const result of await Promise.all(appends)) expect(result.ok).to.equal(true);
        },
      };
    }
  });

function rethrow(error: unknown): never {
  throw error;
}
