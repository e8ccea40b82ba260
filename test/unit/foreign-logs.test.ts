import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import { type ForeignLogs, withForeignLogs } from "#shared/adapters/aws/link/with-foreign-logs.ts";
import { withLogAppenders } from "#shared/adapters/aws/link/with-log-appenders.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { LogReadRequest } from "#shared/protocol/link.ts";
import { eventually } from "#test/support/eventually.ts";
import { openDisk, planOf, REGIONS, SHARD, spanOf, startReplica } from "#test/support/replica-region.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { createTestLinks } from "#test/support/test-links.ts";

const [VIRGINIA, IRELAND, TOKYO] = REGIONS as [RegionId, RegionId, RegionId];
const PLAN = planOf(spanOf(1, VIRGINIA, 0, 0));
const clock = systemClock();

describe("other Regions' logs, read where they lie", () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  /** An owner whose log is a stream that others read, and who may be asked, or not be there. */
  const world = () => {
    const links = createTestLinks();
    const disk = openDisk();
    const troubles: unknown[] = [];
    let starts = 0;
    let fail: (error: unknown) => void = () => {};
    const reading = (self: RegionId): ForeignLogs => {
      const foreign = withForeignLogs({
        link: links.of(self),
        start: async (_origin, _shard, onFailure) => {
          starts++;
          fail = onFailure;
          const { log } = disk;
          return {
            log: {
              read: (after, limit) => log.read(after, limit),
              subscribe: (after, onRecords) => log.subscribe(after, onRecords),
              lastPosition: () => log.lastPosition(),
              trim: (through) => log.trim(through),
              close: async () => {},
            },
            isOpen: Promise.resolve(true),
          };
        },
        clock,
        random: seededRandom(SEED),
        onTrouble: (error) => troubles.push(error),
      });
      closing.push(() => foreign.close());
      return foreign;
    };
    return {
      links,
      disk,
      troubles,
      reading,
      starts: () => starts,
      fail: (error: unknown) => fail(error),
    };
  };
  const ask = (after: number, changes: Partial<LogReadRequest> = {}): LogReadRequest => ({
    ...{ shard: SHARD, after, limit: 10, waitMs: 2000, epoch: 1, held: after, digests: [] },
    ...changes,
  });
  const put = (disk: ReturnType<typeof openDisk>, text: string) =>
    disk.log.append(new TextEncoder().encode(text));

  it("come without a message for them, while messages say what is held and what is final", async () => {
    const { links, disk, reading } = world();
    const owner = startReplica(VIRGINIA, PLAN, links, disk);
    closing.push(() => owner.stop());
    const { link } = reading(IRELAND);
    await owner.append("one");
    const opened = async () => {
      const reply = await link.request(VIRGINIA, "log.read", ask(0, { held: 0, waitMs: 0 }), 3000);
      return reply.ok && reply.answer.silenceMs !== undefined;
    };
    await eventually(opened);
    links.asked.length = 0;
    const first = await link.request(VIRGINIA, "log.read", ask(0, { held: 0 }), 4000);
    expect(first.ok && first.answer.records.map(({ position }) => position)).to.deep.equal([1]);
    const second = await link.request(VIRGINIA, "log.read", ask(1), 4000);
    expect(second.ok && second.answer.watermark?.seq).to.equal(1);
    const asked = links.asked.filter(({ kind }) => kind === "log.read");
    expect(asked.every(({ request }) => (request as LogReadRequest).limit === 0)).to.equal(true);
  });

  it("come by messages until the stream is open, and are read anew where reading it failed", async () => {
    const { links, disk, reading, starts, fail, troubles } = world();
    const owner = startReplica(VIRGINIA, PLAN, links, disk);
    closing.push(() => owner.stop());
    const { link } = reading(IRELAND);
    await owner.append("one");
    const before = await link.request(VIRGINIA, "log.read", ask(0), 4000);
    expect(before.ok && before.answer.silenceMs).to.equal(undefined);
    expect(before.ok && before.answer.records).to.have.length(1);
    await eventually(async () => {
      const reply = await link.request(VIRGINIA, "log.read", ask(0), 4000);
      return reply.ok && reply.answer.silenceMs !== undefined;
    });
    fail(new OperatingError("the stream lost its place"));
    expect(troubles).to.have.length(1);
    await eventually(async () => {
      await link.request(VIRGINIA, "log.read", ask(0), 4000);
      return starts() === 2;
    });
  });

  it("come while nobody is there who owns them, and then nobody counts as heard; so do copies for a takeover", async () => {
    const { links, disk, reading } = world();
    const { link } = reading(TOKYO);
    await put(disk, "one");
    await eventually(async () => {
      const reply = await link.request(VIRGINIA, "log.read", ask(0, { waitMs: 0 }), 3000);
      return reply.ok && reply.answer.records.length === 1;
    });
    const reply = await link.request(VIRGINIA, "log.read", ask(0, { waitMs: 0 }), 3000);
    expect(reply.ok && reply.answer.silenceMs).to.equal(Number.POSITIVE_INFINITY);
    const replica = startReplica(TOKYO, PLAN, { ...links, of: () => link }, openDisk());
    closing.push(() => replica.stop());
    await put(disk, "two");
    await eventually(() => replica.copies.lastPosition(SHARD, VIRGINIA) === 2);
    expect(replica.follower.lastHeard).to.equal(Number.NEGATIVE_INFINITY);
    const copied = await link.request(
      VIRGINIA,
      "replica.read",
      { shard: SHARD, origin: VIRGINIA, after: 1, limit: 5 },
      3000,
    );
    expect(copied.ok && copied.answer.records.map(({ position }) => position)).to.deep.equal([2]);
  });

  it("are appended to in order, and results stop at the first that was not", async () => {
    const log = openSqliteCommandLog({ file: ":memory:" });
    const links = createTestLinks();
    const link = withLogAppenders({ link: links.of(IRELAND), appenderOf: () => log, clock });
    const commands = ["one", "two"].map((text) => new TextEncoder().encode(text));
    const reply = await link.request(VIRGINIA, "log.append", { shard: SHARD, commands }, 3000);
    expect(reply.ok && reply.answer.results.map(({ ok }) => ok)).to.deep.equal([true, true]);
    expect((await log.read(0, 5)).map(({ bytes }) => new TextDecoder().decode(bytes))).to.deep.equal([
      "one",
      "two",
    ]);
    await log.close();
    const after = await link.request(VIRGINIA, "log.append", { shard: SHARD, commands }, 3000);
    expect(after).to.deep.equal({ ok: true, answer: { results: [{ ok: false, error: "closed" }] } });
    expect(links.asked).to.deep.equal([]);
  });
});
