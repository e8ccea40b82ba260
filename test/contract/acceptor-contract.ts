import { expect } from "chai";
import { describe, it } from "mocha";
import { branchName } from "#shared/domain/branch-name.ts";
import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Ballot } from "#shared/ports/acceptor.ts";
import type { Adapters } from "./support/adapters.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";

export const SHARD = "shard-1" as ShardId;

/** What every `Acceptor` promises (shared/ports/acceptor.ts). */
export function acceptorContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "acceptor">,
): void {
  const { acceptor: adapter, world } = adapters;

  describe(`the acceptor of the ownership register (${world})`, () => {
    const stores = storesOf(adapters, adapter.open);

    it("has promised and accepted nothing at first", async () => {
      const acceptor = await stores.fresh();
      expect(await acceptor.read(SHARD)).to.deep.equal({ promised: undefined, accepted: undefined });
      expect(await acceptor.prepare(SHARD, ballotOf(1))).to.deep.equal({ ok: true, accepted: undefined });
    });

    it("tells with a promise what it accepted last", async () => {
      const acceptor = await stores.fresh();
      for (const counter of [1, 2]) {
        await acceptor.prepare(SHARD, ballotOf(counter));
        expect(await acceptor.accept(SHARD, ballotOf(counter), sampleRecord(counter))).to.deep.equal({
          ok: true,
        });
      }
      const accepted = { ballot: ballotOf(2), value: sampleRecord(2) };
      expect(await acceptor.prepare(SHARD, ballotOf(3))).to.deep.equal({ ok: true, accepted });
      expect(await acceptor.read(SHARD)).to.deep.equal({ promised: ballotOf(3), accepted });
    });

    it("refuses to prepare and to accept below its promise, and says what it promised", async () => {
      const acceptor = await stores.fresh();
      await acceptor.prepare(SHARD, ballotOf(5));
      const refusal = { ok: false, promised: ballotOf(5) };
      expect(await acceptor.prepare(SHARD, ballotOf(4))).to.deep.equal(refusal);
      expect(await acceptor.accept(SHARD, ballotOf(4), sampleRecord(4))).to.deep.equal(refusal);
      expect((await acceptor.read(SHARD)).accepted).to.equal(undefined);
    });

    it("orders ballots of one counter by Region", async () => {
      const acceptor = await stores.fresh();
      await acceptor.prepare(SHARD, ballotOf(5, "eu-west-1"));
      expect((await acceptor.prepare(SHARD, ballotOf(5, "ap-northeast-1"))).ok).to.equal(false);
      expect((await acceptor.prepare(SHARD, ballotOf(5, "us-east-1"))).ok).to.equal(true);
      expect((await acceptor.accept(SHARD, ballotOf(5, "eu-west-1"), sampleRecord(1))).ok).to.equal(false);
    });

    it("takes an accepted ballot for promised, also one that it was never asked to promise", async () => {
      const acceptor = await stores.fresh();
      await acceptor.prepare(SHARD, ballotOf(1));
      expect(await acceptor.accept(SHARD, ballotOf(7), sampleRecord(7))).to.deep.equal({ ok: true });
      expect(await acceptor.prepare(SHARD, ballotOf(6))).to.deep.equal({ ok: false, promised: ballotOf(7) });
    });

    it("answers what is asked twice as it did once", async () => {
      const acceptor = await stores.fresh();
      for (let time = 0; time < 2; time++)
        expect((await acceptor.prepare(SHARD, ballotOf(3))).ok).to.equal(true);
      for (let time = 0; time < 2; time++)
        expect((await acceptor.accept(SHARD, ballotOf(3), sampleRecord(3))).ok).to.equal(true);
      const accepted = { ballot: ballotOf(3), value: sampleRecord(3) };
      expect(await acceptor.prepare(SHARD, ballotOf(3))).to.deep.equal({ ok: true, accepted });
    });

    it("reports a second value under one ballot, and keeps the first", async () => {
      const acceptor = await stores.fresh();
      await acceptor.accept(SHARD, ballotOf(3), sampleRecord(3));
      const failure = await failureOf(acceptor.accept(SHARD, ballotOf(3), sampleRecord(4)));
      expect(failure?.name).to.equal("InvariantViolation");
      expect((await acceptor.read(SHARD)).accepted?.value).to.deep.equal(sampleRecord(3));
    });

    it("keeps shards apart", async () => {
      const acceptor = await stores.fresh();
      await acceptor.accept(SHARD, ballotOf(3), sampleRecord(3));
      expect(await acceptor.prepare("shard-2" as ShardId, ballotOf(1))).to.deep.equal({
        ok: true,
        accepted: undefined,
      });
    });

    it("remembers promise and value over closing and opening again", async () => {
      const place = await stores.place();
      const acceptor = await stores.open(place);
      await acceptor.accept(SHARD, ballotOf(3), sampleRecord(3));
      await acceptor.prepare(SHARD, ballotOf(9));
      await acceptor.close();
      const accepted = { ballot: ballotOf(3), value: sampleRecord(3) };
      expect(await (await stores.open(place)).read(SHARD)).to.deep.equal({ promised: ballotOf(9), accepted });
    });

    const { damageNewest } = adapter;
    if (damageNewest !== undefined) {
      it("answers nothing any more when its memory is damaged", async () => {
        const place = await stores.place();
        const acceptor = await stores.open(place);
        await acceptor.accept(SHARD, ballotOf(3), sampleRecord(3));
        await acceptor.close();
        await damageNewest(place);
        const damaged = await stores.open(place);
        for (const call of [
          () => damaged.read(SHARD),
          () => damaged.prepare(SHARD, ballotOf(4)),
          () => damaged.accept(SHARD, ballotOf(4), sampleRecord(4)),
        ])
          expect((await failureOf(call()))?.name).to.equal("DamagedData");
      });
    }
  });
}

export function ballotOf(counter: number, region = "us-east-1"): Ballot {
  return { counter, region: region as RegionId };
}

/** A record different from that of any other number. */
export function sampleRecord(number: number): OwnershipRecord {
  const span = {
    epoch: number + 1,
    branch: branchName("us-east-1" as RegionId, number),
    owner: "us-east-1" as RegionId,
    parentSeq: (3 * number) as Seq,
    start: 2 * number,
    cutDigest: "0123456789abcdef",
  };
  return { shard: SHARD, lineage: [span], leaseMs: 3000, renewal: 5 * number };
}
