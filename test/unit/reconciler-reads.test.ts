import { expect } from "chai";
import { describe, it } from "mocha";
import { ownRecord } from "#services/matching/own-record.ts";
import type { CanonicalCommand, CanonicalSide } from "#services/reconciliation/canonical-side.ts";
import { Reconciler } from "#services/reconciliation/reconciler.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteReconciliationStore } from "#shared/adapters/embedded/sqlite-reconciliation-store.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type {
  AccountId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  RegionId,
  Seq,
  ShardId,
} from "#shared/domain/ids.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import { eventually } from "#test/support/eventually.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const SHARD = "shard-1" as ShardId;
const [SELF, OTHER] = ["us-east-1", "eu-west-1"] as [RegionId, RegionId];
const [FIRST, SECOND, THIRD] = ["us-east-1.1", "eu-west-1.1", "us-east-1.2"] as [
  BranchId,
  BranchId,
  BranchId,
];

/** The Region owned the shard, lost it, and owns it again; what its first reign left is reconciled, and the bookmark lies in its second. */
describe("a reconciler that begins again", () => {
  const span = (
    epoch: number,
    branch: BranchId,
    owner: RegionId,
    parentSeq: number,
    start: number,
  ): LineageSpan => {
    return { epoch, branch, owner, parentSeq: parentSeq as Seq, start, cutDigest: "" };
  };
  const lineage = [span(1, FIRST, SELF, 0, 0), span(2, SECOND, OTHER, 40, 0), span(3, THIRD, SELF, 45, 50)];

  it("reads nothing before its bookmark, and forwards what comes for the first reign now", async () => {
    const random = seededRandom(1);
    const log = openSqliteCommandLog({ file: ":memory:" });
    const store = openSqliteReconciliationStore({ file: ":memory:" });
    for (let record = 0; record < 60; record++)
      await log.append(ownRecord(random, record < 50 ? FIRST : THIRD, { kind: "Tick", time: record }));
    await store.setBookmark(SHARD, 55);
    const cancel = {
      ...({ kind: "CancelOrder", account: 1 as AccountId, market: "BTCUSDT" as MarketId } as const),
      ...({ orderId: 1 as OrderId, origClientOrderId: "", restriction: "NONE" } as const),
    };
    const commandId = "a".repeat(32) as CommandId;
    await log.append(encodeCommand({ commandId, branch: FIRST, validUntil: 0, command: cancel }));
    const readAfter: number[] = [];
    const watched: CommandLog = {
      ...log,
      append: (bytes) => log.append(bytes),
      subscribe: (after, onRecords) => log.subscribe(after, onRecords),
      lastPosition: () => log.lastPosition(),
      close: () => log.close(),
      read: (after, limit) => {
        readAfter.push(after);
        return log.read(after, limit);
      },
    };
    const forwarded: CanonicalCommand[] = [];
    const side: CanonicalSide = {
      lineage: () => lineage,
      forkState: (fork) => ({ fork, cursor: 0, ended: false }),
      foldedSeq: () => 0,
      finalSeq: () => 0,
      append: async (commands) => {
        forwarded.push(...commands);
        return true;
      },
      engineAt: () => Promise.reject(new Error("there is no fork")),
    };
    const onFailure = (error: unknown) => {
      throw error;
    };
    const clock = systemClock();
    const dependencies = { shard: SHARD, self: SELF, log: watched, side, store, clock, random, lookMs: 5 };
    const reconciler = new Reconciler({ ...dependencies, onFailure });
    reconciler.start();
    await eventually(() => forwarded.length > 0);
    await reconciler.stop();
    expect(forwarded.map((command) => command.commandId)).to.deep.equal([commandId]);
    expect(Math.min(...readAfter)).to.equal(55);
    await log.close();
    await store.close();
  });
});
