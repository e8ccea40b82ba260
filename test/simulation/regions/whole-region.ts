import { Admission } from "#services/gateway/intake/admission.ts";
import { LinkAppender } from "#services/gateway/intake/link-appender.ts";
import { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import { RegionIntake } from "#services/gateway/intake/region-intake.ts";
import { ShardIntake } from "#services/gateway/intake/shard-intake.ts";
import type { Submission } from "#services/gateway/order-entry.ts";
import { createOrderIds } from "#services/gateway/order-ids.ts";
import { finalOnTape } from "#services/projector/final-on-tape.ts";
import { RegionCore } from "#services/region/region-core.ts";
import type { RegionStores } from "#services/region/region-stores.ts";
import type { ShardNode } from "#services/region/shard-node.ts";
import { DEFAULT_TIMING } from "#services/region/timing.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert, InvariantViolation } from "#shared/domain/invariant.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { RegionStarter, RegionSurroundings } from "#test/simulation/cluster.ts";
import type { Reply, SimulatedRegion } from "#test/simulation/simulated-region.ts";
import { openSimulatedAcceptor } from "#test/simulation/storage/simulated-acceptor.ts";
import { openSimulatedCommandLog } from "#test/simulation/storage/simulated-command-log.ts";
import { openSimulatedCounters } from "#test/simulation/storage/simulated-counters.ts";
import { openSimulatedJournal } from "#test/simulation/storage/simulated-journal.ts";
import { openSimulatedKnownOwnership } from "#test/simulation/storage/simulated-known-ownership.ts";
import { openSimulatedLogCopies } from "#test/simulation/storage/simulated-log-copies.ts";
import { openSimulatedOutbox } from "#test/simulation/storage/simulated-outbox.ts";
import { openSimulatedReconciliationStore } from "#test/simulation/storage/simulated-reconciliation-store.ts";
import { openSimulatedSnapshotStore } from "#test/simulation/storage/simulated-snapshot-store.ts";
import { SimulatedZones } from "#test/simulation/zones/simulated-zones.ts";
import { createFold, type RunningFold } from "./create-fold.ts";
import { feedView } from "./feed-view.ts";
import type { FoldTransfers } from "./fold-transfers.ts";
import { startMover } from "./start-mover.ts";
import { startRecorders } from "./start-recorders.ts";
import { wholeJournal } from "./whole-journal.ts";

const LINK_TIMEOUT_MS = 2000;
const TIMES = { validityMs: 60_000, queuedValidityMs: 120_000, timeoutMs: 4000 };

/** The whole Region of production on simulated ports: what owns, replicates, folds, forks and reconciles each shard, and the gateway's intake on top. */
export const startWholeRegion: RegionStarter = async (around) => {
  const { region, regions, definitions, scenario, clock, random, link, disk, life } = around;
  const { time, trace, listener, onFailure } = around;
  const stores = openStores(around);
  const feeds = new Map(definitions.shards.map(({ id }) => [id, createLocalOutcomeFeed()]));
  const homes = new Map<ShardId, RegionId>(
    definitions.shards.map(({ id }, at) => [id, regions[at % regions.length] ?? region]),
  );
  const folds = new Map<ShardId, RunningFold>();
  const zones = scenario.hasZones
    ? new SimulatedZones({
        region: life,
        time,
        trace,
        random: random.split("zones"),
        clock,
        beatMs: scenario.beatMs,
      })
    : undefined;
  const core = await RegionCore.open({
    regions,
    definitions,
    homes,
    link,
    stores,
    feedOf: (shard) => found(feeds.get(shard)),
    clock,
    random,
    timing: { ...DEFAULT_TIMING, lookMs: scenario.lookMs, quietMs: scenario.quietMs },
    replayWindow: scenario.replayWindow,
    maxSpans: scenario.maxSpans,
    contactEveryMs: scenario.contactEveryMs,
    createMatching: (recovered, dependencies) => {
      const { shard } = dependencies.tape;
      const own = { ...dependencies, tickMs: scenario.tickMs, feed: found(feeds.get(shard)) };
      const fold = createFold(recovered, own, zones?.hub);
      folds.set(shard, fold);
      return fold.matching;
    },
    snapshotPolicy: {
      commandsMin: scenario.snapshotCommands,
      commandsMax: scenario.snapshotCommands,
      intervalMs: 600_000,
    },
    onFailure,
    onDivergence: (shard, divergence) =>
      onFailure(new InvariantViolation(`tape divergence of ${shard}: ${JSON.stringify(divergence)}`)),
  });
  const queue = await OutboxQueue.open(openSimulatedOutbox(disk, region, life), clock);
  const shards = [...core.nodes.values()];
  for (const node of shards) watch(node, found(feeds.get(node.shard)));
  const intakes = shards.map(
    (node) =>
      new ShardIntake({
        route: node.route,
        ...found(stores.shards.get(node.shard)),
        remote: new LinkAppender({ link, shard: node.shard, timeoutMs: LINK_TIMEOUT_MS, maxWaiting: 1000 }),
        view: feedView(node, found(feeds.get(node.shard)), definitions.markets),
        queue,
        admission: new Admission(() => node.matching.unjournaled.ageMs),
        clock,
        times: TIMES,
        maxWaiting: 1000,
        onFailure,
      }),
  );
  const intake = new RegionIntake({
    shards: intakes,
    shardOf: (market) => definitions.shards.find(({ markets }) => markets.some((id) => id === market))?.id,
    random,
    mintOrderId: createOrderIds(stores.counters, regions.indexOf(region), 0),
  });
  const parts = shards.map((node) => ({
    node,
    transfers: found(folds.get(node.shard)).followTransfers(),
    journal: found(stores.shards.get(node.shard)).journal,
  }));
  startMover(parts, intake, definitions.assets, clock);
  // Who calls a fork reconciled calls the end of its replay final.
  startRecorders(parts, stores.reconciliations, clock, onFailure, ({ shard, branch, epoch, endedSeq: seq }) =>
    listener.final(region, shard, { epoch, branch, seq }),
  );
  core.start();
  const nodeOf = (shard: ShardId) => core.nodes.get(shard);
  return {
    region,
    zones,
    mintOrderId: () => intake.mintOrderId(),
    submit: async (shard, commandId, command) => {
      const submission = await intake.submit(commandId, command, shard);
      return replyOf(submission, nodeOf(shard)?.isProvisional ?? true);
    },
    promote: async (shard, to) => (await nodeOf(shard)?.ownership.promote(to))?.ok ?? false,
    owns: (shard) => nodeOf(shard)?.route.state().kind === "own",
    stop: async () => {
      for (const each of intakes) each.stop();
      await core.stop();
    },
    standOf: (shard) => {
      const node = nodeOf(shard);
      if (node === undefined) return undefined;
      const { branch, seq } = node.matching.place;
      return { branch, seq, provisional: node.isProvisional, read: found(folds.get(shard)).read };
    },
    tapeOf: async (shard) => wholeJournal(found(stores.shards.get(shard)).journal),
    reconciliations: () => stores.reconciliations.list({ limit: Number.POSITIVE_INFINITY }),
    describe: (shard) => describe(found(nodeOf(shard)), stores),
    unfinished: () => parts.flatMap(({ node, transfers }) => unfinishedOf(node, transfers, queue)),
  } satisfies SimulatedRegion;

  function watch(node: ShardNode, feed: OutcomeFeed): void {
    listener.began(region, node.shard, node.matching.seq);
    // As tables do: of what is final they keep no way back.
    const { journal } = found(stores.shards.get(node.shard));
    let keptSeq = 0;
    let publishedSeq: number = node.matching.seq;
    const keep = () => {
      const { finalSeq } = node.watermark;
      if (finalSeq <= keptSeq) return;
      const seq = finalOnTape(journal.branches(), node.tape.segments, finalSeq);
      listener.kept(region, node.shard, seq as Seq);
      keptSeq = Math.max(keptSeq, Math.min(seq, publishedSeq));
    };
    feed.subscribe(
      (outcome) => {
        publishedSeq = outcome.seq;
        listener.outcome(region, outcome);
        keep();
      },
      ({ shard, toSeq }) => {
        publishedSeq = toSeq;
        listener.rewound(region, shard, toSeq);
      },
    );
    // Others have been answered since the core is open, and have told what they hold.
    const { current } = node.watermark;
    if (current !== undefined) listener.final(region, node.shard, current);
    node.watermark.onAdvance((watermark) => {
      listener.final(region, node.shard, watermark);
      keep();
    });
  }
};

function openStores({
  region,
  definitions,
  scenario,
  disk,
  life,
  acceptorWitness,
  onFailure,
}: RegionSurroundings): RegionStores {
  const { gapPerMille } = scenario;
  return {
    shards: new Map(
      definitions.shards.map(({ id }) => [
        id,
        {
          log: openSimulatedCommandLog(disk, id, life, { gapPerMille, onFailure }),
          journal: openSimulatedJournal(disk, id, life),
          snapshots: openSimulatedSnapshotStore(disk, id, life),
        },
      ]),
    ),
    copies: openSimulatedLogCopies(disk, region, life),
    acceptor: openSimulatedAcceptor(disk, region, life, onFailure, acceptorWitness),
    known: openSimulatedKnownOwnership(disk, region, life),
    reconciliations: openSimulatedReconciliationStore(disk, region, life),
    counters: openSimulatedCounters(disk, region),
  };
}

function replyOf(submission: Submission, provisional: boolean): Reply {
  if (submission.ok) return { kind: "outcome", ...submission, provisional };
  switch (submission.error) {
    case "unknown":
      return { kind: "unknown" };
    case "queued":
      return { kind: "queued" };
    default:
      return { kind: "refused", why: submission.error };
  }
}

function describe(node: ShardNode, { copies }: RegionStores): string {
  const { standing, watermark, record } = node;
  const span = record?.lineage.at(-1);
  return [
    standing,
    node.isProvisional ? "provisional" : "sure",
    `epoch ${span?.epoch} of ${span?.branch} from ${span?.parentSeq}`,
    `final ${watermark.finalSeq}`,
    `renewal ${record?.renewal}`,
    ...(node.matching.ended ? ["ended"] : []),
    `fenced ${copies.fencedEpoch(node.shard)}`,
  ].join(", ");
}

function unfinishedOf(node: ShardNode, followed: FoldTransfers, queue: OutboxQueue): string[] {
  const waiting = queue.pending(node.shard).length;
  const transfers = followed.inFlight()?.length;
  const isSettled = node.reconciler.settledEpoch === node.record?.lineage.at(-1)?.epoch;
  return [
    ...(waiting > 0 ? [`${waiting} commands of ${node.shard} in the outbox`] : []),
    ...(transfers !== 0 ? [`${transfers ?? "nobody knows which"} transfers of ${node.shard} in flight`] : []),
    ...(node.hasOpenFork ? [`a fork of ${node.shard} is open`] : []),
    ...(node.reconciler.hasUnreconciled() ? [`a fork of ${node.shard} is not reconciled`] : []),
    ...(isSettled ? [] : [`something of ${node.shard} is left to reconcile`]),
  ];
}

function found<T>(value: T | undefined): T {
  assert(value !== undefined, "the Region has the shard");
  return value;
}
