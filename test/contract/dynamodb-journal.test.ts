import { expect } from "chai";
import { describe, it } from "mocha";
import { Bell } from "#shared/adapters/aws/dynamodb/bell.ts";
import { describeTable } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import type { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoJournal } from "#shared/adapters/aws/dynamodb/dynamo-journal.ts";
import { openStreamTail } from "#shared/adapters/aws/dynamodb/stream-tail.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, RegionId } from "#shared/domain/ids.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { SHARD } from "./acceptor-contract.ts";
import { dynamoAt, makeDynamoPlace, placeOf } from "./dynamodb-adapters.ts";
import { collect } from "./support/collect.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";
import { failureOf } from "./support/failure-of.ts";
import { ownDynamoDb } from "./support/own-dynamodb.ts";
import { sampleOutcome, sampleOutcomes } from "./support/sample-outcomes.ts";

const REGION = "us-east-1" as RegionId;
const TAPE = `TAPE#${REGION}#${SHARD}`;

if (isDynamoDbHere())
  describe("the journal on DynamoDB", () => {
    const own = ownDynamoDb();

    async function setUp() {
      const place = await makeDynamoPlace(own.url);
      const dynamo = dynamoAt(place);
      own.onEnd(() => dynamo.close());
      const open = async (onChange?: (ring: () => void) => Subscription) => {
        const journal = await openDynamoJournal({
          dynamo,
          region: REGION,
          shard: SHARD,
          ...(onChange && { onChange }),
        });
        own.onEnd(() => journal.close());
        return journal;
      };
      return { place, dynamo, open };
    }

    /** The items of the first run. */
    const itemsOf = (dynamo: Dynamo, run = 1) =>
      dynamo.query("journal", { hash: ["pk", `${TAPE}#${run}`], limit: 1000 });

    it("keeps a batch in one item far smaller than its outcomes, found by time under EVT#<ts>#<id>", async () => {
      const { dynamo, open } = await setUp();
      await (await open()).append(sampleOutcomes(1, 500));
      const [item, ...more] = await itemsOf(dynamo);
      expect(more).to.deep.equal([]);
      expect(item?.event).to.equal(`EVT#1700000000001#${SHARD}.us-east-1.1.1.0`);
      expect(item?.bytes)
        .to.have.property("length")
        .that.is.lessThan(500 * 40);
      const byTime = await dynamo.query("journal", {
        index: "byTime",
        hash: ["tape", `${REGION}#${SHARD}`],
        range: { name: "event", to: "EVT#1700000000300" },
        isBackward: true,
        limit: 1,
      });
      expect(byTime.map(({ sk }) => sk)).to.deep.equal([item?.sk]);
    });

    it("cuts what does not fit into an item of 400 kB, and puts it together again", async () => {
      const { dynamo, open } = await setUp();
      const large = incompressible(1, 60_000);
      const journal = await open();
      await journal.append([large, sampleOutcome(2)]);
      const [item] = await itemsOf(dynamo);
      expect(item?.parts).to.be.greaterThan(1);
      expect(await journal.read(0, 9)).to.deep.equal([large, sampleOutcome(2)]);
      expect(await (await open()).read(1, 9)).to.deep.equal([sampleOutcome(2)]);
    });

    it("has once what two tasks of a Region write at the same time, each in its own batches", async () => {
      const { open } = await setUp();
      const first = await open();
      await first.append(sampleOutcomes(1, 3));
      const second = await open();
      await first.append(sampleOutcomes(4, 10));
      await second.append(sampleOutcomes(4, 6));
      expect(second.lastSeq(), "it learns what stands there").to.equal(10);
      await second.append(sampleOutcomes(7, 14));
      await first.append(sampleOutcomes(11, 20));
      expect(await (await open()).read(0, 100)).to.deep.equal(sampleOutcomes(1, 20));
    });

    it("stops loudly when two tasks write different tapes under one name", async () => {
      const { open } = await setUp();
      const first = await open();
      await first.append(sampleOutcomes(1, 3));
      const second = await open();
      await first.append([sampleOutcome(4)]);
      const failure = await failureOf(second.append([{ ...sampleOutcome(4), time: 7 }]));
      expect(failure).to.have.property("name", "InvariantViolation");
    });

    it("tells a task that does not know that the tape went back that another one writes", async () => {
      const { open } = await setUp();
      const old = await open();
      await old.append(sampleOutcomes(1, 5, "a.1"));
      const present = await open();
      await present.rewind(3);
      await present.append(sampleOutcomes(4, 6, "b.1"));
      await old.append(sampleOutcomes(6, 9, "a.1"));
      expect(await failureOf(old.append(sampleOutcomes(10, 11, "c.1")))).to.have.property(
        "name",
        "AnotherWriter",
      );
      const now = await open();
      expect(await now.read(0, 100)).to.deep.equal([
        ...sampleOutcomes(1, 3, "a.1"),
        ...sampleOutcomes(4, 6, "b.1"),
      ]);
      expect(await now.readSuperseded("a.1" as BranchId, 0, 100)).to.deep.equal(sampleOutcomes(4, 5, "a.1"));
    });

    it("names the batch whose bytes have changed", async () => {
      const { dynamo, open } = await setUp();
      await (await open()).append(sampleOutcomes(1, 3));
      const [item] = await itemsOf(dynamo);
      const bytes = Uint8Array.from(item?.bytes as Uint8Array);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      await dynamo.put("journal", { ...item, bytes });
      const failure = await failureOf((await open()).read(0, 3));
      expect(failure).to.have.property("name", "DamagedData");
      expect(failure?.message).to.match(/damaged: the batch of seq 1 to 3/);
    });

    for (const way of ["over the table's stream", "by looking again and again"])
      it(`is followed in another task ${way}, forward and back`, async () => {
        const { place, dynamo, open } = await setUp();
        const writer = await open();
        await writer.append(sampleOutcomes(1, 5, "a.1"));
        const reader = await open(
          way.startsWith("over") ? await overStream(place, dynamo) : new Bell(systemClock(), 5).onChange,
        );
        const collector = collect<Outcome>((take) =>
          reader.subscribe(0, take, (toSeq) => void collector.heard.splice(toSeq)),
        );
        await collector.until(5);
        await writer.append(sampleOutcomes(6, 600, "a.1"));
        await collector.until(600);
        await writer.rewind(4);
        await writer.append(sampleOutcomes(5, 8, "b.1"));
        await eventually(() => collector.heard.at(-1)?.branch === "b.1" && collector.heard.length === 8);
        expect(collector.heard).to.deep.equal([
          ...sampleOutcomes(1, 4, "a.1"),
          ...sampleOutcomes(5, 8, "b.1"),
        ]);
        expect(reader.branches()).to.deep.equal(writer.branches());
      });

    async function overStream(place: string, dynamo: Dynamo) {
      const { LatestStreamArn: streamArn = "" } = await describeTable(dynamo, "journal");
      const tail = openStreamTail({ ...placeOf(place), streamArn, clock: systemClock(), idleMs: 5 });
      own.onEnd(() => tail.close());
      return (ring: () => void) => tail.onChange(TAPE, ring);
    }
  });

/** An outcome whose many events look alike to nobody. */
function incompressible(seq: number, events: number): Outcome {
  const random = seededRandom(SEED);
  const next = () => random.below(2 ** 31);
  const [template] = sampleOutcome(seq).events;
  if (template?.kind !== "BalanceChanged") throw new Error("a sample begins with a balance");
  return {
    ...sampleOutcome(seq),
    events: Array.from({ length: events }, () => ({ ...template, free: next(), locked: next() })),
  };
}
