import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { after, afterEach, describe, it } from "mocha";
import { MAX_APPENDED } from "#services/replication/serve-replication.ts";
import type { BranchId, RegionId, Seq } from "#shared/domain/ids.ts";
import type { TapePlan } from "#shared/domain/lineage.ts";
import type { LogReadRequest, TapeDigest } from "#shared/protocol/link.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import {
  openDisk,
  planOf,
  REGIONS,
  type Replica,
  SHARD,
  spanOf,
  startReplica,
} from "#test/support/replica-region.ts";
import { createTestLinks } from "#test/support/test-links.ts";

const [VIRGINIA, IRELAND, TOKYO] = REGIONS as [RegionId, RegionId, RegionId];
const FIRST = spanOf(1, VIRGINIA, 0, 0);

describe("replication", () => {
  const folders = temporaryFolders();
  const started: Replica[] = [];
  const start = (...args: Parameters<typeof startReplica>): Replica => {
    const replica = startReplica(...args);
    started.push(replica);
    return replica;
  };
  const startAll = (plan: TapePlan, links = createTestLinks()) => {
    const [a, b, c] = REGIONS.map((region) => start(region, plan, links)) as [Replica, Replica, Replica];
    return { a, b, c, links };
  };

  afterEach(async () => {
    await Promise.all(started.splice(0).map((replica) => replica.stop()));
  });

  after(() => folders.removeAll());

  it("brings every record of the owner's log to the other Regions, and tells all three what is final", async () => {
    const { a, b, c } = startAll(planOf(FIRST));
    await a.append("1", "2", "3");
    for (const replica of [a, b, c]) await eventually(() => replica.watermark.finalSeq === 3);
    expect(a.watermark.current).to.deep.equal({ epoch: 1, branch: FIRST.branch, seq: 3 });
    for (const replica of [b, c]) await eventually(() => replica.folded.length === 3);
    expect(b.folded).to.deep.equal(["1", "2", "3"]);
    expect((await c.copies.read(SHARD, VIRGINIA, 0, 9)).map(({ position }) => position)).to.deep.equal([
      1, 2, 3,
    ]);
  });

  it("calls final what two of three Regions hold, and nothing while the owner is alone; it never goes back", async () => {
    const { a, b, c, links } = startAll(planOf(FIRST));
    const advances: number[] = [];
    a.watermark.onAdvance(({ seq }) => advances.push(seq));
    links.cut(VIRGINIA, TOKYO);
    await a.append("1");
    await eventually(() => a.watermark.finalSeq === 1);
    links.cut(VIRGINIA, IRELAND);
    await a.append("2", "3");
    await eventually(() => a.folded.length === 3);
    expect(a.watermark.finalSeq).to.equal(1);
    links.cut(VIRGINIA, TOKYO, false);
    await eventually(() => c.watermark.finalSeq === 3);
    expect(b.folded).to.deep.equal(["1"]);
    expect(advances).to.deep.equal(advances.toSorted((x, y) => x - y));
  });

  it("is final in a Region that is alone in the installation as soon as it is in its log", async () => {
    const alone = start(VIRGINIA, planOf(FIRST), createTestLinks(), openDisk(), [VIRGINIA]);
    expect(alone.watermark.finalSeq).to.equal(0);
    await alone.append("1", "2");
    await eventually(() => alone.watermark.finalSeq === 2);
  });

  it("counts no report for another epoch, of a stranger, or of the owner itself", async () => {
    const alone = start(VIRGINIA, planOf(FIRST), createTestLinks());
    await alone.append("1", "2");
    await eventually(() => alone.folded.length === 2);
    alone.watermark.noteHeld(IRELAND, 2, 2);
    alone.watermark.noteHeld(VIRGINIA, 1, 2);
    alone.watermark.noteHeld("mars-north-1" as RegionId, 1, 2);
    expect(alone.watermark.finalSeq).to.equal(0);
    alone.watermark.noteHeld(IRELAND, 1, 1);
    expect(alone.watermark.finalSeq).to.equal(1);
  });

  it("starts to count anew for a new reign of the same Region, whose records stand behind those of the old one", async () => {
    const owner = start(VIRGINIA, planOf(FIRST), createTestLinks());
    await owner.append("1", "2", "3");
    owner.watermark.noteHeld(IRELAND, 1, 2);
    await eventually(() => owner.watermark.finalSeq === 2);
    owner.tape.setPlan(planOf(FIRST, spanOf(2, VIRGINIA, 2, 3)));
    await owner.append("4", "5");
    await eventually(() => owner.folded.join() === "1,2,4,5");
    owner.watermark.noteHeld(IRELAND, 1, 5);
    expect(owner.watermark.current?.epoch).to.equal(1);
    owner.watermark.noteHeld(IRELAND, 2, 4);
    expect(owner.watermark.current).to.deep.equal({ epoch: 2, branch: `${VIRGINIA}.2`, seq: 3 });
  });

  it("neither stores nor reports anything of an epoch once that is fenced, and answers what it holds of every log", async () => {
    const { a, b, c, links } = startAll(planOf(FIRST));
    await a.append("1", "2");
    await eventually(() => b.folded.length === 2 && c.folded.length === 2 && a.watermark.finalSeq === 2);
    const fence = await links.of(IRELAND).request(TOKYO, "replica.fence", { shard: SHARD, epoch: 1 }, 1000);
    expect(fence).to.deep.equal({
      ok: true,
      answer: { held: REGIONS.map((origin) => ({ origin, position: origin === VIRGINIA ? 2 : 0 })) },
    });
    links.cut(VIRGINIA, IRELAND);
    const before = links.asked.length;
    await a.append("3");
    await eventually(() => a.folded.length === 3);
    // What was on its way when the fence came is answered now; it must not be taken.
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(c.copies.lastPosition(SHARD, VIRGINIA)).to.equal(2);
    expect(a.watermark.finalSeq).to.equal(2);
    const late = links.asked.slice(before).filter(({ from, kind }) => from === TOKYO && kind === "log.read");
    expect(late).to.deep.equal([]);
  });

  it("does not count its own log either once the owner itself has promised to follow its epoch no further", async () => {
    const owner = start(VIRGINIA, planOf(FIRST), createTestLinks());
    await owner.append("1");
    await eventually(() => owner.folded.length === 1);
    await owner.copies.fence(SHARD, 1);
    owner.watermark.noteHeld(IRELAND, 1, 1);
    expect(owner.watermark.finalSeq).to.equal(0);
  });

  it("takes an earlier reign that it lacks from a third Region when its owner is gone, and reports nothing before it is whole", async () => {
    const links = createTestLinks();
    const { a, b } = startAll(planOf(FIRST), links);
    const late = started[2] as Replica;
    links.cut(VIRGINIA, TOKYO);
    await a.append("1", "2", "3", "4");
    await eventually(() => b.folded.length === 4);
    links.cut(VIRGINIA, IRELAND);
    links.cut(IRELAND, TOKYO);
    const plan = planOf(FIRST, spanOf(2, IRELAND, 3, 0));
    b.tape.setPlan(plan);
    late.tape.setPlan(plan);
    await b.append("5");
    await eventually(() => b.folded.join() === "1,2,3,5");
    expect(b.watermark.current?.epoch ?? 1).to.equal(1);
    links.refuse("replica.read");
    links.cut(IRELAND, TOKYO, false);
    const reports = () =>
      links.asked.flatMap(({ from, to, kind, request }) =>
        from === TOKYO && to === IRELAND && kind === "log.read" ? [request as LogReadRequest] : [],
      );
    await eventually(() => reports().filter(({ after }) => after === 1).length > 1);
    expect(new Set(reports().map(({ held }) => held))).to.deep.equal(new Set([0]));
    expect(b.watermark.current?.epoch ?? 1).to.equal(1);
    links.refuse("replica.read", false);
    await eventually(() => late.folded.join() === "1,2,3,5");
    await eventually(() => b.watermark.current?.epoch === 2 && b.watermark.finalSeq === 4);
    expect(reports().find(({ held }) => held > 0)?.held).to.equal(1);
  });

  it("goes on after a restart where its copies end, fence and all", async () => {
    const links = createTestLinks();
    const a = start(VIRGINIA, planOf(FIRST), links);
    const disk = join(folders.make(), "tokyo");
    const first = startReplica(TOKYO, planOf(FIRST), links, openDisk(disk));
    await a.append("1", "2");
    await eventually(() => first.folded.length === 2);
    await first.stop();
    await a.append("3");
    const before = links.asked.length;
    const second = start(TOKYO, planOf(FIRST), links, openDisk(disk));
    await eventually(() => second.folded.join() === "1,2,3");
    const asked = links.asked.slice(before).find(({ from }) => from === TOKYO)?.request as LogReadRequest;
    expect(asked.after).to.equal(2);
  });

  it("gives a candidate what it lacks up to a position, and says when it could not", async () => {
    const links = createTestLinks();
    const { a, b, c } = startAll(planOf(FIRST), links);
    links.cut(VIRGINIA, TOKYO);
    await a.append("1", "2", "3");
    await eventually(() => b.folded.length === 3);
    await c.copies.fence(SHARD, 1);
    expect(await c.follower.copyFrom(IRELAND, VIRGINIA, 2)).to.equal(true);
    expect(c.copies.lastPosition(SHARD, VIRGINIA)).to.equal(2);
    expect(await c.follower.copyFrom(VIRGINIA, VIRGINIA, 3)).to.equal(false);
  });

  it("tells a reader at once of what became final between two of its questions", async function () {
    this.timeout(5000);
    const links = createTestLinks();
    const owner = start(VIRGINIA, planOf(FIRST), links);
    await owner.append("1");
    await eventually(() => owner.folded.length === 1);
    const request = { shard: SHARD, after: 0, limit: 9, waitMs: 10_000, epoch: 1, held: 0, digests: [] };
    const first = await links.of(TOKYO).request(VIRGINIA, "log.read", request, 20_000);
    expect(first.ok && first.answer.watermark).to.equal(undefined);
    owner.watermark.noteHeld(IRELAND, 1, 1);
    const second = await links.of(TOKYO).request(VIRGINIA, "log.read", { ...request, after: 1 }, 20_000);
    expect(second.ok && second.answer.watermark?.seq).to.equal(1);
    expect(second.ok && second.answer.records).to.deep.equal([]);
  });

  it("appends what another Region sends, in order, and no more than its bound", async () => {
    const { a, links } = startAll(planOf(FIRST));
    const commands = Array.from({ length: MAX_APPENDED + 5 }, (_, at) =>
      new TextEncoder().encode(`${at + 1}`),
    );
    const reply = await links.of(TOKYO).request(VIRGINIA, "log.append", { shard: SHARD, commands }, 1000);
    const results = reply.ok ? reply.answer.results : [];
    expect(results).to.deep.equal(
      Array.from({ length: MAX_APPENDED }, (_, at) => ({ ok: true, position: at + 1 })),
    );
    await eventually(() => a.folded.length === MAX_APPENDED);
  });

  it("stops at the first command that was not appended", async () => {
    const { a, links } = startAll(planOf(FIRST));
    await a.log.close();
    const commands = [new Uint8Array([1]), new Uint8Array([2])];
    const reply = await links.of(TOKYO).request(VIRGINIA, "log.append", { shard: SHARD, commands }, 1000);
    expect(reply).to.deep.equal({ ok: true, answer: { results: [{ ok: false, error: "closed" }] } });
  });

  it("finds that a replica's state differs, whoever is first, and is silent where all is the same", async () => {
    const { a, b, c } = startAll(planOf(FIRST));
    const digest = (seq: number, text: string): TapeDigest => ({
      branch: FIRST.branch as BranchId,
      seq: seq as Seq,
      digest: text,
    });
    a.digests.note(digest(256, "same"));
    b.digests.note(digest(256, "same"));
    c.digests.note(digest(256, "other"));
    c.digests.note(digest(512, "early"));
    await a.append("1");
    await eventually(() => a.divergences.length === 1);
    expect(a.divergences).to.deep.equal([
      { region: TOKYO, branch: FIRST.branch, seq: 256, ownDigest: "same", otherDigest: "other" },
    ]);
    a.digests.note(digest(512, "late"));
    expect(a.divergences.map(({ seq }) => seq)).to.deep.equal([256, 512]);
  });
});
