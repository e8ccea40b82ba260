import { DigestExchange, type Divergence } from "#services/replication/digest-exchange.ts";
import { Follower } from "#services/replication/follower.ts";
import { serveReplication } from "#services/replication/serve-replication.ts";
import { Tape } from "#services/replication/tape.ts";
import { TapeCursor } from "#services/replication/tape-cursor.ts";
import { ROOT_PLACE } from "#services/replication/tape-plan.ts";
import { FinalityWatermark } from "#services/replication/watermark.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { branchName } from "#shared/domain/branch-name.ts";
import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan, TapePlan } from "#shared/domain/lineage.ts";
import { seededRandom } from "./seeded-random.ts";
import type { TestLinks } from "./test-links.ts";

export const SHARD = "shard-1" as ShardId;
export const REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"].map((name) => name as RegionId);

export function planOf(...lineage: readonly LineageSpan[]): TapePlan {
  return { shard: SHARD, lineage, fork: undefined };
}

export function spanOf(epoch: number, owner: RegionId, parentSeq: number, start: number): LineageSpan {
  const branch = branchName(owner, epoch);
  return { epoch, branch, owner, parentSeq: parentSeq as Seq, start, cutDigest: "" };
}

/** What a Region has on disk. */
export function openDisk(file = ":memory:") {
  return {
    log: openSqliteCommandLog({ file: file === ":memory:" ? file : `${file}-log.db` }),
    copies: openSqliteLogCopies({ file: file === ":memory:" ? file : `${file}-copies.db` }),
  };
}

/** A Region that replicates one shard; its fold only counts. */
export function startReplica(
  self: RegionId,
  plan: TapePlan,
  links: TestLinks,
  { log, copies }: ReturnType<typeof openDisk> = openDisk(),
  regions: readonly RegionId[] = REGIONS,
) {
  const link = links.of(self);
  const clock = systemClock();
  const tape = new Tape({ shard: SHARD, self, log, copies }, plan);
  const watermark = new FinalityWatermark({ shard: SHARD, tape, regions, copies });
  const divergences: Divergence[] = [];
  const digests = new DigestExchange((divergence) => divergences.push(divergence));
  const folded: string[] = [];
  const cursor = new TapeCursor(
    tape,
    {
      take: (records) => {
        watermark.noteRecords(records);
        for (const { bytes } of records) folded.push(new TextDecoder().decode(bytes));
      },
      rewind: async () => {
        folded.length = 0;
        return ROOT_PLACE;
      },
    },
    { place: ROOT_PLACE, tip: 0 },
  );
  const shard = { log, watermark, digests, lineage: () => tape.plan.lineage };
  serveReplication({ link, clock, copies, regions, shard: (id) => (id === SHARD ? shard : undefined) });
  const fail = (error: unknown) => {
    throw error;
  };
  const follower = new Follower({
    shard: SHARD,
    link,
    tape,
    place: () => cursor.place,
    copies,
    watermark,
    digests,
    regions,
    clock,
    random: seededRandom(1),
    onFailure: fail,
  });
  cursor.run(fail);
  follower.start();
  return {
    self,
    log,
    copies,
    tape,
    watermark,
    digests,
    divergences,
    follower,
    folded,
    append: async (...texts: readonly string[]) => {
      for (const text of texts) await log.append(new TextEncoder().encode(text));
    },
    stop: async () => {
      await follower.stop();
      await cursor.stop();
      await log.close();
      await copies.close();
    },
  };
}

export type Replica = ReturnType<typeof startReplica>;
