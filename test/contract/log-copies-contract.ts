import { expect } from "chai";
import { describe, it } from "mocha";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { LogRecord } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import { bytesOf, numberOf } from "./command-log-contract.ts";
import type { Adapters } from "./support/adapters.ts";
import { collect } from "./support/collect.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";

const SHARD = "shard-1" as ShardId;
const OTHER_SHARD = "shard-2" as ShardId;
const VIRGINIA = "us-east-1" as RegionId;
const IRELAND = "eu-west-1" as RegionId;

/** What every `LogCopies` promises (shared/ports/log-copies.ts). */
export function logCopiesContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "logCopies">,
): void {
  const { logCopies: adapter, world } = adapters;

  describe(`the copies of other Regions' logs (${world})`, () => {
    const stores = storesOf(adapters, adapter.open);

    it("are empty at first: position 0, no records, no fence", async () => {
      const copies = await stores.fresh();
      expect(copies.lastPosition(SHARD, VIRGINIA)).to.equal(0);
      expect(await copies.read(SHARD, VIRGINIA, 0, 10)).to.deep.equal([]);
      expect(copies.fencedEpoch(SHARD)).to.equal(0);
    });

    it("have every record at its own position, gaps and all, also after they were closed and opened again", async () => {
      const place = await stores.place();
      const copies = await stores.open(place);
      await copies.append(SHARD, VIRGINIA, records(3, 4, 9));
      await copies.append(SHARD, VIRGINIA, records(12));
      await copies.close();
      const again = await stores.open(place);
      expect(again.lastPosition(SHARD, VIRGINIA)).to.equal(12);
      expect((await again.read(SHARD, VIRGINIA, 0, 10)).map(plain)).to.deep.equal(records(3, 4, 9, 12));
    });

    it("read after a position, at most so many", async () => {
      const copies = await stores.fresh();
      await copies.append(SHARD, VIRGINIA, records(2, 4, 6, 8));
      expect(await numbersOf(copies, VIRGINIA, 2, 2)).to.deep.equal([4, 6]);
      expect(await numbersOf(copies, VIRGINIA, 5, 9)).to.deep.equal([6, 8]);
      expect(await numbersOf(copies, VIRGINIA, 8, 9)).to.deep.equal([]);
    });

    it("hold once what is given twice, whole or in part, and keep the first", async () => {
      const copies = await stores.fresh();
      await copies.append(SHARD, VIRGINIA, records(1, 2, 3));
      await copies.append(SHARD, VIRGINIA, records(1, 2, 3));
      await copies.append(SHARD, VIRGINIA, [{ position: 2, bytes: bytesOf(99) }, ...records(3, 4)]);
      await copies.append(SHARD, VIRGINIA, []);
      expect(await numbersOf(copies, VIRGINIA, 0, 9)).to.deep.equal([1, 2, 3, 4]);
    });

    it("refuse records that do not rise, and keep nothing of them", async () => {
      const copies = await stores.fresh();
      await copies.append(SHARD, VIRGINIA, records(1));
      expect(await failureOf(copies.append(SHARD, VIRGINIA, records(2, 4, 3)))).to.be.instanceOf(Error);
      expect(copies.lastPosition(SHARD, VIRGINIA)).to.equal(1);
      expect(await numbersOf(copies, VIRGINIA, 0, 9)).to.deep.equal([1]);
    });

    it("keep shards and Regions apart", async () => {
      const copies = await stores.fresh();
      await copies.append(SHARD, VIRGINIA, records(1, 2));
      await copies.append(SHARD, IRELAND, records(7));
      await copies.append(OTHER_SHARD, VIRGINIA, records(5));
      expect(await numbersOf(copies, VIRGINIA, 0, 9)).to.deep.equal([1, 2]);
      expect(await numbersOf(copies, IRELAND, 0, 9)).to.deep.equal([7]);
      expect(copies.lastPosition(OTHER_SHARD, VIRGINIA)).to.equal(5);
      expect(copies.lastPosition(OTHER_SHARD, IRELAND)).to.equal(0);
    });

    for (const start of [0, 1, 600, 1200]) {
      it(`give a subscriber that starts after position ${start} of 1200 every later record of its log, without gap or repetition`, async () => {
        const copies = await stores.fresh();
        await copies.append(SHARD, VIRGINIA, records(...range(1, 1200)));
        const collector = collect<LogRecord>((take) => copies.subscribe(SHARD, VIRGINIA, start, take));
        await copies.append(SHARD, IRELAND, records(2000));
        await copies.append(SHARD, VIRGINIA, records(...range(1190, 1210)));
        await collector.until(1210 - start);
        expect(collector.heard.map(({ bytes }) => numberOf(bytes))).to.deep.equal(range(start + 1, 1210));
        collector.cancel();
        await copies.append(SHARD, VIRGINIA, records(1211));
        const witness = collect<LogRecord>((take) => copies.subscribe(SHARD, VIRGINIA, 1210, take));
        await witness.until(1);
        expect(collector.heard, "nothing after it has canceled").to.have.length(1210 - start);
      });
    }

    it("remember the highest epoch that was fenced, also after they were closed and opened again", async () => {
      const place = await stores.place();
      const copies = await stores.open(place);
      await copies.fence(SHARD, 3);
      await copies.fence(SHARD, 2);
      expect(copies.fencedEpoch(SHARD)).to.equal(3);
      await copies.close();
      await copies.close();
      const again = await stores.open(place);
      expect(again.fencedEpoch(SHARD)).to.equal(3);
      expect(again.fencedEpoch(OTHER_SHARD)).to.equal(0);
    });

    const { damageNewest } = adapter;
    if (damageNewest !== undefined) {
      it("never hand out a record whose bytes have changed: reading it is an operating error that names the place", async () => {
        const place = await stores.place();
        const copies = await stores.open(place);
        await copies.append(SHARD, VIRGINIA, records(1, 2, 3));
        await copies.close();
        await damageNewest(place);
        const damaged = await stores.open(place);
        expect(await numbersOf(damaged, VIRGINIA, 0, 2), "the others are still there").to.deep.equal([1, 2]);
        const failure = await failureOf(damaged.read(SHARD, VIRGINIA, 0, 3));
        expect(failure).to.have.property("name", "DamagedData");
        expect(failure?.message).to.match(/damaged: the copy of the record at position 3 of us-east-1/);
      });
    }
  });
}

function records(...positions: number[]): LogRecord[] {
  return positions.map((position) => ({ position, bytes: bytesOf(position) }));
}

async function numbersOf(copies: LogCopies, origin: RegionId, after: number, limit: number) {
  return (await copies.read(SHARD, origin, after, limit)).map(({ bytes }) => numberOf(bytes));
}

function plain({ position, bytes }: LogRecord): LogRecord {
  return { position, bytes: Uint8Array.from(bytes) };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
