import { expect } from "chai";
import { describe, it } from "mocha";
import type { AppendResult, CommandLog, LogRecord } from "#shared/ports/command-log.ts";
import { eventually } from "#test/support/eventually.ts";
import type { Adapters } from "./support/adapters.ts";
import { collect } from "./support/collect.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";

/** What every `CommandLog` promises (shared/ports/command-log.ts). */
export function commandLogContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "commandLog">,
): void {
  const { commandLog: adapter, world } = adapters;

  describe(`the command log (${world})`, () => {
    const logs = storesOf(adapters, adapter.open);

    it("gives each command a rising position, in the order in which they were appended", async () => {
      const log = await logs.fresh();
      const results = await appendAll(log, 1, 40);
      const positions = results.map(positionOf);
      expect(positions).to.deep.equal(positions.toSorted((a, b) => a - b));
      expect(new Set(positions).size).to.equal(40);
      expect(log.lastPosition()).to.equal(positions.at(-1));
      expect(numbersOf(await log.read(0, 100))).to.deep.equal(range(1, 40));
    });

    it("is empty at first: position 0 and no records", async () => {
      const log = await logs.fresh();
      expect(log.lastPosition()).to.equal(0);
      expect(await log.read(0, 10)).to.deep.equal([]);
    });

    it("keeps every byte, an empty command and a large one too", async () => {
      const place = await logs.place();
      const commands = [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, at) => at), large(100_000)];
      const log = await logs.open(place);
      for (const bytes of commands) await log.append(bytes);
      await log.close();
      const records = await (await logs.open(place)).read(0, 10);
      expect(records.map(({ bytes }) => Uint8Array.from(bytes))).to.deep.equal(commands);
    });

    it("reads after a position, at most so many", async () => {
      const log = await logs.fresh();
      const positions = (await appendAll(log, 1, 20)).map(positionOf);
      expect(numbersOf(await log.read(positions[6] ?? 0, 5))).to.deep.equal(range(8, 12));
      expect(numbersOf(await log.read(positions[17] ?? 0, 5))).to.deep.equal([19, 20]);
      expect(await log.read(positions[19] ?? 0, 5)).to.deep.equal([]);
    });

    it("has everything after it was closed and opened again, and goes on behind it", async () => {
      const place = await logs.place();
      const first = await logs.open(place);
      await appendAll(first, 1, 10);
      const last = first.lastPosition();
      await first.close();
      const second = await logs.open(place);
      expect(second.lastPosition()).to.equal(last);
      const [result] = await appendAll(second, 11, 11);
      expect(positionOf(result)).to.be.greaterThan(last);
      expect(numbersOf(await second.read(0, 100))).to.deep.equal(range(1, 11));
    });

    it("makes durable on close what it had taken, and takes nothing more", async () => {
      const place = await logs.place();
      const log = await logs.open(place);
      const pending = appendAll(log, 1, 10);
      await log.close();
      const taken = (await pending).filter(({ ok }) => ok).length;
      expect(await log.append(bytesOf(99))).to.deep.equal({ ok: false, error: "closed" });
      await log.close();
      const records = await (await logs.open(place)).read(0, 100);
      expect(numbersOf(records)).to.deep.equal(range(1, taken));
    });

    it("refuses what its bounded buffer does not hold as overloaded, and appends nothing of it", async () => {
      const log = await logs.fresh({ maxWaiting: 8 });
      const results = await appendAll(log, 1, 20);
      const refused = results.filter((result) => !result.ok);
      expect(refused).to.have.length(12);
      for (const result of refused) expect(result).to.deep.equal({ ok: false, error: "overloaded" });
      const taken = range(1, 20).filter((at) => results[at - 1]?.ok);
      expect(numbersOf(await log.read(0, 100))).to.deep.equal(taken);
      expect((await log.append(bytesOf(21))).ok, "it takes commands again afterwards").to.equal(true);
    });

    for (const start of [0, 1, 7, 1199, 1200]) {
      it(`gives a subscriber that starts after record ${start} of 1200 every later one, without gap or repetition`, async () => {
        const log = await logs.fresh();
        const positions = (await appendAll(log, 1, 1200)).map(positionOf);
        const after = start === 0 ? 0 : (positions[start - 1] ?? 0);
        const collector = collect<LogRecord>((take) => log.subscribe(after, take));
        // Some come while it still reads the old ones, some after it has caught up.
        const meanwhile = appendAll(log, 1201, 1300);
        await collector.until(1300 - start);
        await meanwhile;
        await appendAll(log, 1301, 1310);
        await collector.until(1310 - start);
        expect(numbersOf(collector.heard)).to.deep.equal(range(start + 1, 1310));
        const rising = collector.heard.map(({ position }) => position);
        expect(rising).to.deep.equal(rising.toSorted((a, b) => a - b));
      });
    }

    it("calls a subscriber again only when its promise has resolved", async () => {
      const log = await logs.fresh();
      await appendAll(log, 1, 3);
      const heard: number[] = [];
      let inside = 0;
      const gates: (() => void)[] = [];
      log.subscribe(0, async (records) => {
        inside++;
        expect(inside, "never two calls at once").to.equal(1);
        await new Promise<void>((resolve) => gates.push(resolve));
        heard.push(...numbersOf(records));
        inside--;
      });
      await eventually(() => gates.length === 1);
      await appendAll(log, 4, 9);
      expect(gates).to.have.length(1);
      expect(heard).to.deep.equal([]);
      await eventually(() => {
        for (const open of gates.splice(0)) open();
        return heard.length === 9;
      });
      expect(heard).to.deep.equal(range(1, 9));
    });

    it("says nothing to a subscriber that has canceled, not even in the middle of the old records", async () => {
      const log = await logs.fresh();
      await appendAll(log, 1, 2000);
      const heard: number[] = [];
      const subscription = log.subscribe(0, (records) => {
        heard.push(...numbersOf(records));
        subscription.cancel();
      });
      const witness = collect<LogRecord>((take) => log.subscribe(0, take));
      await witness.until(2000);
      await appendAll(log, 2001, 2010);
      await witness.until(2010);
      expect(heard).to.deep.equal(range(1, heard.length));
      expect(heard.length).to.be.lessThan(2000);
    });

    it("lets others have their turn while a subscriber reads a long past", async () => {
      const log = await logs.fresh();
      await appendAll(log, 1, 3000);
      const collector = collect<LogRecord>((take) => log.subscribe(0, take));
      await eventually(() => collector.heard.length > 0);
      expect(collector.heard.length).to.be.lessThan(3000);
      await collector.until(3000);
    });

    it("serves many subscribers, each from its own place", async () => {
      const log = await logs.fresh();
      const positions = (await appendAll(log, 1, 30)).map(positionOf);
      const collectors = [0, 10, 20].map((start) =>
        collect<LogRecord>((take) => log.subscribe(start === 0 ? 0 : (positions[start - 1] ?? 0), take)),
      );
      await appendAll(log, 31, 60);
      for (const [at, collector] of collectors.entries()) {
        await collector.until(60 - 10 * at);
        expect(numbersOf(collector.heard)).to.deep.equal(range(10 * at + 1, 60));
      }
    });

    it("forgets what is trimmed, keeps the rest, and never gives a position twice", async () => {
      const place = await logs.place();
      const log = await logs.open(place);
      const positions = (await appendAll(log, 1, 10)).map(positionOf);
      await log.trim(positions[3] ?? 0);
      expect(numbersOf(await log.read(0, 100))).to.deep.equal(range(5, 10));
      await log.trim(positions[9] ?? 0);
      expect(await log.read(0, 100)).to.deep.equal([]);
      expect(log.lastPosition()).to.equal(positions[9]);
      await log.close();
      const reopened = await logs.open(place);
      expect(reopened.lastPosition(), "also when nothing is left").to.equal(positions[9]);
      const [result] = await appendAll(reopened, 11, 11);
      expect(positionOf(result)).to.be.greaterThan(positions[9] ?? 0);
      expect(numbersOf(await reopened.read(0, 100))).to.deep.equal([11]);
    });

    it("rejects a read after it was closed", async () => {
      const log = await logs.fresh();
      await log.close();
      expect(await failureOf(log.read(0, 1))).to.be.instanceOf(Error);
    });

    const { damageNewest } = adapter;
    if (damageNewest !== undefined) {
      it("never hands out a record whose bytes have changed: reading it is an operating error that names the place", async () => {
        const place = await logs.place();
        const log = await logs.open(place);
        await appendAll(log, 1, 3);
        await log.close();
        await damageNewest(place);
        const damaged = await logs.open(place);
        expect(numbersOf(await damaged.read(0, 2)), "the others are still there").to.deep.equal([1, 2]);
        const failure = await failureOf(damaged.read(0, 3));
        expect(failure).to.have.property("name", "DamagedData");
        expect(failure?.message).to.match(/damaged: the record at position 3/);
      });
    }
  });
}

/** A command that tells its number, and whose length differs from its neighbours'. */
export function bytesOf(number: number): Uint8Array {
  const text = `${number} `;
  return new TextEncoder().encode(text + "x".repeat((number * 37) % 200));
}

export function numberOf(bytes: Uint8Array): number {
  return Number(new TextDecoder().decode(bytes).split(" ")[0]);
}

function numbersOf(records: readonly LogRecord[]): number[] {
  return records.map(({ bytes }) => numberOf(bytes));
}

function appendAll(log: CommandLog, first: number, last: number): Promise<AppendResult[]> {
  return Promise.all(range(first, last).map((number) => log.append(bytesOf(number))));
}

function positionOf(result: AppendResult | undefined): number {
  expect(result?.ok).to.equal(true);
  return result?.ok ? result.position : 0;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

function large(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31) % 251);
}
