import { expect } from "chai";
import { describe, it } from "mocha";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import type { Adapters } from "./support/adapters.ts";
import { collect } from "./support/collect.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";
import { sampleOutcome, sampleOutcomes } from "./support/sample-outcomes.ts";

/** What every `Journal` promises (shared/ports/journal.ts). */
export function journalContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "journal">,
): void {
  const { journal: adapter, world } = adapters;

  describe(`the journal (${world})`, () => {
    const journals = storesOf(adapters, adapter.open);

    it("is empty at first: first and last seq are 0", async () => {
      const journal = await journals.fresh();
      expect([journal.firstSeq(), journal.lastSeq()]).to.deep.equal([0, 0]);
      expect(await journal.read(0, 10)).to.deep.equal([]);
    });

    it("has every outcome whole after it was closed and opened again", async () => {
      const place = await journals.place();
      const journal = await journals.open(place);
      await journal.append(sampleOutcomes(1, 30));
      await journal.append(sampleOutcomes(31, 50));
      await journal.close();
      const again = await journals.open(place);
      expect([again.firstSeq(), again.lastSeq()]).to.deep.equal([1, 50]);
      expect(await again.read(0, 100)).to.deep.equal(sampleOutcomes(1, 50));
    });

    it("reads after a seq, at most so many", async () => {
      const journal = await journals.fresh();
      await journal.append(sampleOutcomes(1, 20));
      expect(seqsOf(await journal.read(7, 3))).to.deep.equal([8, 9, 10]);
      expect(seqsOf(await journal.read(18, 10))).to.deep.equal([19, 20]);
      expect(await journal.read(20, 10)).to.deep.equal([]);
    });

    it("holds once what is written twice, whole batches or a part of one", async () => {
      const journal = await journals.fresh();
      await journal.append(sampleOutcomes(1, 10));
      await journal.append(sampleOutcomes(1, 10));
      await journal.append(sampleOutcomes(8, 12));
      await journal.append([]);
      expect(await journal.read(0, 100)).to.deep.equal(sampleOutcomes(1, 12));
      expect(journal.lastSeq()).to.equal(12);
    });

    it("keeps the first of two different outcomes of one seq", async () => {
      const journal = await journals.fresh();
      await journal.append(sampleOutcomes(1, 3));
      await journal.append([{ ...sampleOutcome(2), events: [] }]);
      expect(await journal.read(0, 100)).to.deep.equal(sampleOutcomes(1, 3));
    });

    it("throws on a gap, between batches or within one, and then appends nothing of the batch", async () => {
      const journal = await journals.fresh();
      await journal.append(sampleOutcomes(1, 3));
      expect(await failureOf(journal.append([sampleOutcome(5)]))).to.be.instanceOf(Error);
      expect(await failureOf(journal.append([...sampleOutcomes(4, 5), sampleOutcome(7)]))).to.be.instanceOf(
        Error,
      );
      expect(seqsOf(await journal.read(0, 100))).to.deep.equal([1, 2, 3]);
      expect(journal.lastSeq()).to.equal(3);
      await journal.append(sampleOutcomes(4, 5));
      expect(journal.lastSeq(), "and goes on where it was").to.equal(5);
    });

    it("may begin at any seq", async () => {
      const journal = await journals.fresh();
      await journal.append(sampleOutcomes(1001, 1005));
      expect([journal.firstSeq(), journal.lastSeq()]).to.deep.equal([1001, 1005]);
      expect(seqsOf(await journal.read(0, 2))).to.deep.equal([1001, 1002]);
    });

    for (const start of [0, 1, 600, 1200]) {
      it(`gives a subscriber that starts after seq ${start} of 1200 every later outcome, without gap or repetition`, async () => {
        const journal = await journals.fresh();
        await journal.append(sampleOutcomes(1, 1200));
        const collector = collect<Outcome>((take) => journal.subscribe(start, take));
        await journal.append(sampleOutcomes(1201, 1210));
        await collector.until(1210 - start);
        await journal.append(sampleOutcomes(1205, 1220));
        await collector.until(1220 - start);
        expect(collector.heard).to.deep.equal(sampleOutcomes(start + 1, 1220));
        collector.cancel();
        await journal.append(sampleOutcomes(1221, 1221));
        const witness = collect<Outcome>((take) => journal.subscribe(1220, take));
        await witness.until(1);
        expect(collector.heard, "nothing after it has canceled").to.have.length(1220 - start);
      });
    }

    it("goes on over branches, dense by seq, and tells which seqs are whose", async () => {
      const place = await journals.place();
      const journal = await journals.open(place);
      expect(journal.branches()).to.deep.equal([]);
      await journal.append([...sampleOutcomes(3, 5, "a.1"), ...sampleOutcomes(6, 6, "b.1")]);
      await journal.append(sampleOutcomes(7, 9, "b.1"));
      expect(await failureOf(journal.append(sampleOutcomes(11, 12, "c.1"))), "a gap").to.be.instanceOf(Error);
      const branches = [
        { branch: "a.1", firstSeq: 3, lastSeq: 5 },
        { branch: "b.1", firstSeq: 6, lastSeq: 9 },
      ];
      expect(journal.branches()).to.deep.equal(branches);
      await journal.close();
      expect((await journals.open(place)).branches()).to.deep.equal(branches);
    });

    it("takes back what is beyond a seq, goes on with another branch, and keeps what was taken back under its own", async () => {
      const place = await journals.place();
      const journal = await journals.open(place);
      await journal.append([...sampleOutcomes(1, 5, "a.1"), ...sampleOutcomes(6, 9, "b.1")]);
      await journal.rewind(9);
      expect(journal.lastSeq(), "nothing is beyond").to.equal(9);
      await journal.rewind(4);
      expect(journal.lastSeq()).to.equal(4);
      expect(journal.branches()).to.deep.equal([{ branch: "a.1", firstSeq: 1, lastSeq: 4 }]);
      await journal.append(sampleOutcomes(5, 7, "c.1"));
      await journal.close();
      const again = await journals.open(place);
      expect(await again.read(0, 100)).to.deep.equal([
        ...sampleOutcomes(1, 4, "a.1"),
        ...sampleOutcomes(5, 7, "c.1"),
      ]);
      expect(await again.readSuperseded("a.1" as BranchId, 0, 100)).to.deep.equal(
        sampleOutcomes(5, 5, "a.1"),
      );
      expect(await again.readSuperseded("b.1" as BranchId, 6, 2)).to.deep.equal(sampleOutcomes(7, 8, "b.1"));
      expect(await again.readSuperseded("c.1" as BranchId, 0, 100)).to.deep.equal([]);
    });

    it("may take back the same outcomes more than once, and everything", async () => {
      const journal = await journals.fresh();
      for (let time = 0; time < 2; time++) {
        await journal.append(sampleOutcomes(1, 3, "a.1"));
        await journal.rewind(0);
        expect([journal.firstSeq(), journal.lastSeq()]).to.deep.equal([0, 0]);
      }
      expect(await journal.readSuperseded("a.1" as BranchId, 0, 100)).to.deep.equal(
        sampleOutcomes(1, 3, "a.1"),
      );
    });

    it("tells a subscriber to go back before it gives what came instead; one that had not come so far hears nothing of it", async () => {
      const journal = await journals.fresh();
      await journal.append(sampleOutcomes(1, 6, "a.1"));
      const heard: string[] = [];
      const take = (outcomes: readonly Outcome[]) => {
        for (const { branch, seq } of outcomes) heard.push(`${branch} ${seq}`);
      };
      journal.subscribe(2, take, (toSeq) => {
        heard.push(`back to ${toSeq}`);
      });
      await eventually(() => heard.length === 4);
      await journal.rewind(5);
      await journal.rewind(4);
      await journal.append(sampleOutcomes(5, 7, "b.1"));
      await eventually(() => heard.at(-1) === "b.1 7");
      expect(heard.filter((line) => line.startsWith("back")).at(-1)).to.equal("back to 4");
      expect(heard.slice(heard.indexOf("back to 4") + 1)).to.deep.equal(["b.1 5", "b.1 6", "b.1 7"]);
      const late: string[] = [];
      journal.subscribe(
        6,
        (outcomes) => void late.push(...outcomes.map(({ seq }) => `${seq}`)),
        () => {
          late.push("back");
        },
      );
      await eventually(() => late.length === 1);
      await journal.rewind(7);
      await journal.append(sampleOutcomes(8, 8, "c.1"));
      await eventually(() => late.length === 2);
      expect(late).to.deep.equal(["7", "8"]);
    });

    it("rejects a read after it was closed", async () => {
      const journal = await journals.fresh();
      await journal.close();
      await journal.close();
      expect(await failureOf(journal.read(0, 1))).to.be.instanceOf(Error);
    });

    const { damageNewest } = adapter;
    if (damageNewest !== undefined) {
      it("never hands out an outcome whose bytes have changed: reading it is an operating error that names the seq", async () => {
        const place = await journals.place();
        const journal = await journals.open(place);
        await journal.append(sampleOutcomes(1, 3));
        await journal.close();
        await damageNewest(place);
        const damaged = await journals.open(place);
        expect(seqsOf(await damaged.read(0, 2)), "the others are still there").to.deep.equal([1, 2]);
        const failure = await failureOf(damaged.read(0, 3));
        expect(failure).to.have.property("name", "DamagedData");
        expect(failure?.message).to.match(/damaged: the outcome of seq 3/);
      });
    }
  });
}

function seqsOf(outcomes: readonly Outcome[]): number[] {
  return outcomes.map(({ seq }) => seq);
}
