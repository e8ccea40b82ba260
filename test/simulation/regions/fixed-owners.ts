import { LogOrderEntry } from "#services/gateway/log-order-entry.ts";
import { createOrderIds } from "#services/gateway/order-ids.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { MatchingService } from "#services/matching/matching-service.ts";
import { recoverFold } from "#services/matching/recover.ts";
import { DigestExchange } from "#services/replication/digest-exchange.ts";
import { Follower } from "#services/replication/follower.ts";
import { serveReplication } from "#services/replication/serve-replication.ts";
import { Tape } from "#services/replication/tape.ts";
import { FinalityWatermark } from "#services/replication/watermark.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert, InvariantViolation } from "#shared/domain/invariant.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { RegionStarter, RegionSurroundings } from "#test/simulation/cluster.ts";
import type { SimulatedRegion } from "#test/simulation/simulated-region.ts";
import { openSimulatedCommandLog } from "#test/simulation/storage/simulated-command-log.ts";
import { openSimulatedCounters } from "#test/simulation/storage/simulated-counters.ts";
import { openSimulatedJournal } from "#test/simulation/storage/simulated-journal.ts";
import { openSimulatedLogCopies } from "#test/simulation/storage/simulated-log-copies.ts";
import { openSimulatedSnapshotStore } from "#test/simulation/storage/simulated-snapshot-store.ts";
import { remoteLog } from "./remote-log.ts";

/**
 * Logs, matching, journals, snapshots, replication, finality and order entry of production, with one owner for each shard for ever: nothing is cut, and
 * nothing forks. What a Region without its owner cannot do, it does later.
 */
export const startWithFixedOwners: RegionStarter = async (around) => {
  const { region, regions, definitions, disk, life, link, clock, onFailure, listener } = around;
  const copies = openSimulatedLogCopies(disk, region, life);
  const counters = openSimulatedCounters(disk, region);
  const shards = await Promise.all(
    definitions.shards.map(({ id }, at) => openShard(around, id, ownerOf(regions, at), copies)),
  );
  const byId = new Map(shards.map((shard) => [shard.id, shard]));
  serveReplication({ link, clock, copies, regions, shard: (id) => byId.get(id) });
  for (const shard of shards) await startShard(around, shard, copies, counters);
  return {
    region,
    mintOrderId: createOrderIds(counters, regions.indexOf(region), 0),
    submit: async (id, commandId, command) => {
      const submission = await byId.get(id)?.entry?.submit(commandId, command);
      if (submission === undefined) return { kind: "refused", why: "no such shard" };
      if (submission.ok) return { kind: "outcome", ...submission, provisional: false };
      return submission.error === "unknown"
        ? { kind: "unknown" }
        : { kind: "refused", why: submission.error };
    },
    promote: async () => false,
    standOf: (id) => {
      const matching = byId.get(id)?.matching;
      if (matching === undefined) return undefined;
      const { branch, seq } = matching.place;
      return {
        branch,
        seq,
        provisional: false,
        digest: () => matching.digest(),
        state: () => matching.state(),
      };
    },
    tapeOf: async (id) => {
      const journal = byId.get(id)?.journal;
      return journal === undefined ? [] : wholeTape(journal);
    },
    unfinished: () => [],
  } satisfies SimulatedRegion;

  /** Brings a shard to the end of what is held, and lets it run. */
  async function startShard(
    { scenario, random }: RegionSurroundings,
    shard: OpenShard,
    copies: LogCopies,
    counters: Counters,
  ): Promise<void> {
    const { id, owner, log, journal, tape, watermark, digests } = shard;
    const snapshots = openSimulatedSnapshotStore(disk, id, life);
    const feed = createLocalOutcomeFeed();
    const matching = new MatchingService(await recoverFold({ tape, journal, snapshots }), {
      tape,
      log,
      journal,
      snapshots,
      feed,
      clock,
      random,
      snapshotPolicy: { commands: scenario.snapshotCommands, intervalMs: 600_000 },
      finalSeq: () => watermark.finalSeq,
      onRecords: (places) => watermark.noteRecords(places),
      onDigest: (digest) => digests.note(digest),
      onFailure,
    });
    shard.matching = matching;
    await matching.catchUp();
    if (owner === region) {
      await matching.append({ kind: "Tick", time: clock.now() });
      for (const command of definitionCommands(definitions, id, matching.state()))
        await matching.append(command);
      await matching.catchUp();
    }
    shard.entry = new LogOrderEntry({
      branch: branchOf(owner, id),
      log: owner === region ? log : { ...log, append: remoteLog(link, owner, id) },
      journal,
      feed,
      clock,
      random,
      mintOrderId: createOrderIds(counters, regions.indexOf(region), 0),
      validityMs: 60_000,
      timeoutMs: 4000,
      maxWaiting: 1000,
    });
    listener.began(region, id, matching.seq);
    feed.subscribe(
      (outcome) => listener.outcome(region, outcome),
      ({ shard: rewound, toSeq }) => listener.rewound(region, rewound, toSeq),
    );
    watermark.onAdvance((final) => listener.final(region, id, final));
    matching.run();
    new Follower({
      shard: id,
      link,
      tape,
      place: () => matching.place,
      copies,
      watermark,
      digests,
      regions,
      clock,
      random,
      onFailure,
    }).start();
  }
};

interface OpenShard {
  readonly id: ShardId;
  readonly owner: RegionId;
  readonly log: CommandLog;
  readonly journal: Journal;
  readonly tape: Tape;
  readonly watermark: FinalityWatermark;
  readonly digests: DigestExchange;
  matching: MatchingService | undefined;
  entry: LogOrderEntry | undefined;
}

async function openShard(
  { region, regions, scenario, disk, life, random, onFailure }: RegionSurroundings,
  id: ShardId,
  owner: RegionId,
  copies: LogCopies,
): Promise<OpenShard> {
  const { gapPerMille } = scenario;
  const log = openSimulatedCommandLog(disk, id, life, { gapPerMille, onFailure });
  const branch = branchOf(owner, id);
  if (owner === region && log.lastPosition() === 0) {
    const commandId = Buffer.from(random.bytes(16)).toString("hex") as CommandId;
    const command = {
      kind: "BranchStarted",
      branch,
      parent: ROOT_BRANCH,
      parentSeq: 0 as Seq,
      epoch: 1,
      provisional: false,
    } as const;
    await log.append(encodeCommand({ commandId, branch, validUntil: 0, command }));
  }
  const span = { epoch: 1, branch, owner, parentSeq: 0 as Seq, start: 0, cutDigest: "" };
  const tape = new Tape(
    { shard: id, self: region, log, copies },
    { shard: id, lineage: [span], fork: undefined },
  );
  return {
    id,
    owner,
    log,
    journal: openSimulatedJournal(disk, id, life),
    tape,
    watermark: new FinalityWatermark({ shard: id, tape, regions, copies }),
    digests: new DigestExchange((divergence) =>
      onFailure(new InvariantViolation(`tape divergence: ${JSON.stringify(divergence)}`)),
    ),
    matching: undefined,
    entry: undefined,
  };
}

function ownerOf(regions: readonly RegionId[], at: number): RegionId {
  const owner = regions[at % regions.length];
  assert(owner !== undefined, "a cluster has a Region");
  return owner;
}

function branchOf(owner: RegionId, shard: ShardId): BranchId {
  return `${owner}.${shard.split("-")[1]}` as BranchId;
}

async function wholeTape(journal: Journal): Promise<readonly Outcome[]> {
  const tape: Outcome[] = [];
  for (;;) {
    const more = await journal.read(tape.at(-1)?.seq ?? 0, 1000);
    if (more.length === 0) return tape;
    tape.push(...more);
  }
}
