import { expect } from "chai";
import { describe, it } from "mocha";
import { ownRecord } from "#services/matching/own-record.ts";
import { writeFork } from "#services/region/write-fork.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import type { Command } from "#shared/domain/command.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import { openFoldStores, startFoldedRegion } from "#test/support/folded-region.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const SHARD = "shard-1" as ShardId;
const SELF = "us-east-1" as RegionId;
const [REIGN, FORK] = ["us-east-1.1", "us-east-1.2"] as [BranchId, BranchId];

describe("a fork that an owner opens in the log of its own reign", () => {
  it("does nothing to the reign, which may go on", async () => {
    const log = openSqliteCommandLog({ file: ":memory:" });
    const copies = openSqliteLogCopies({ file: ":memory:" });
    const random = seededRandom(1);
    const append = (command: Command, branch = REIGN) => log.append(ownRecord(random, branch, command));
    const span = { epoch: 1, branch: REIGN, owner: SELF, parentSeq: 0 as Seq, start: 0, cutDigest: "" };
    const parent = { parent: ROOT_BRANCH, parentSeq: 0 as Seq };
    await append({ kind: "BranchStarted", branch: REIGN, ...parent, epoch: 1, provisional: false });
    await append({ kind: "Tick", time: 1000 });
    const plan = { shard: SHARD, lineage: [span], fork: undefined };
    const options = { shard: SHARD, self: SELF, log, copies, plan, snapshotCommands: 100, finalSeq: () => 0 };
    const region = await startFoldedRegion(options, openFoldStores());
    await region.settled();
    const { place } = region.matching;

    const record = { shard: SHARD, lineage: [span], leaseMs: 1000, renewal: 1 };
    const fork = await writeFork({
      self: SELF,
      record,
      log,
      mintBranch: () => FORK,
      random,
      place,
    });
    await append({ kind: "Tick", time: 2000 }, FORK);
    await append({ kind: "Tick", time: 3000 });
    await region.settled();

    expect(fork).to.deep.include({ branch: FORK, parent: REIGN, parentSeq: place.seq });
    const behind = region.heard.filter(({ seq }) => seq > place.seq);
    // The fork's three records pass the reign by; time goes on in it by its own ticks alone.
    const passedBy = behind.filter(({ events }) => events[0]?.kind === "Misdirected");
    expect(passedBy).to.have.length(3);
    expect([...new Set(behind.map(({ time }) => time))]).to.deep.equal([1000, 3000]);
    expect(region.matching.place.branch).to.equal(REIGN);

    region.tape.setPlan({ ...plan, fork });
    await region.settled();
    expect(region.matching.place).to.include({ branch: FORK });
    const inFork = region.heard.filter(({ branch }) => branch === FORK);
    expect([...new Set(inFork.map(({ time }) => time))], "by its own ticks").to.deep.equal([1000, 2000]);
    await region.stop();
    await log.close();
    await copies.close();
  });
});
