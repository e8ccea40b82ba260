import { MatchingService } from "#services/matching/matching-service.ts";
import type { Recovered } from "#services/matching/recover.ts";
import type { SnapshotPolicy } from "#services/matching/snapshot-policy.ts";
import { serveHold } from "#services/ownership/link-steps.ts";
import { serveAcceptor } from "#services/ownership/serve-acceptor.ts";
import type { Divergence } from "#services/replication/digest-exchange.ts";
import { serveReplication } from "#services/replication/serve-replication.ts";
import type { Definitions } from "#shared/config/definitions.ts";
import { branchName } from "#shared/domain/branch-name.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { OutcomeSink } from "#shared/ports/outcome-feed.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { RegionStatus } from "#shared/protocol/link.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { createOwnership } from "./create-ownership.ts";
import { type CreateMatching, openShard } from "./open-shard.ts";
import { RegionContacts } from "./region-contacts.ts";
import type { RegionStores } from "./region-stores.ts";
import { ShardNode } from "./shard-node.ts";
import type { KeptShard } from "./standby-shard.ts";
import type { Timing } from "./timing.ts";

export interface RegionDependencies {
  /** All Regions of the installation, this one too. */
  readonly regions: readonly RegionId[];
  readonly definitions: Definitions;
  /** Which Region begins as the owner of a shard. */
  readonly homes: ReadonlyMap<ShardId, RegionId>;
  /** Also says which Region this is. */
  readonly link: RegionLink;
  readonly stores: RegionStores;
  /** Where a shard's outcomes are published in this Region. */
  readonly feedOf: (shard: ShardId) => OutcomeSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: Timing;
  /** How many commands of a fork are on their way to the owner at a time. */
  readonly replayWindow?: number | undefined;
  /** How many reigns the register's record of a shard keeps. */
  readonly maxSpans?: number | undefined;
  /** How often the other Regions are asked how they are, ms; as the contacts have it where nothing is said. */
  readonly contactEveryMs?: number | undefined;
  readonly snapshotPolicy: SnapshotPolicy;
  /** What this task had of shards while another one published them. */
  readonly kept?: ReadonlyMap<ShardId, KeptShard> | undefined;
  /** Told of the fold that a shard goes on with. */
  readonly onRecovered?: ((recovered: Recovered) => void) | undefined;
  /** The fold in this process where nothing is said. */
  readonly createMatching?: CreateMatching | undefined;
  /** An operating error that the Region cannot go on from: its task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
  readonly onDivergence: (shard: ShardId, divergence: Divergence) => void;
  readonly tracing?: Tracing | undefined;
}

/** Every shard in one Region, and what the Region answers to the others. Gateway, projector and the like stand on top of it. */
export class RegionCore {
  readonly nodes: ReadonlyMap<ShardId, ShardNode>;
  readonly contacts: RegionContacts;

  private constructor(nodes: ReadonlyMap<ShardId, ShardNode>, contacts: RegionContacts) {
    this.nodes = nodes;
    this.contacts = contacts;
  }

  /** Folds what is here. Nothing is published and nobody is asked before `start`; the others are answered from now on. */
  static async open(dependencies: RegionDependencies): Promise<RegionCore> {
    const { regions, definitions, homes, link, stores, feedOf, clock, onDivergence } = dependencies;
    const mintBranch = () => branchName(link.self, stores.counters.take("branch", 1));
    const nodes = new Map<ShardId, ShardNode>();
    for (const { id: shard } of definitions.shards) {
      const home = homes.get(shard);
      assert(home !== undefined, `${shard} has a home Region`);
      const ofShard = stores.shards.get(shard);
      assert(ofShard !== undefined, `the Region has stores for ${shard}`);
      const ofNode = {
        ...dependencies,
        ...stores,
        createMatching: dependencies.createMatching ?? foldHere,
        shard,
        stores: ofShard,
        kept: dependencies.kept?.get(shard),
        feed: feedOf(shard),
        mintBranch,
        onDivergence: (divergence: Divergence) => onDivergence(shard, divergence),
      };
      const node = new ShardNode(ofNode, await openShard(ofNode), (opened) =>
        createOwnership({
          ...dependencies,
          ...stores,
          node: opened,
          shard,
          home,
          log: ofShard.log,
          mintBranch,
        }),
      );
      nodes.set(shard, node);
    }
    serveReplication({
      link,
      clock,
      copies: stores.copies,
      regions,
      shard: (id) => {
        const node = nodes.get(id);
        const log = stores.shards.get(id)?.log;
        if (node === undefined || log === undefined) return undefined;
        const { watermark, digests } = node;
        return { log, watermark, digests, lineage: () => node.record?.lineage ?? [] };
      },
    });
    serveAcceptor(link, stores.acceptor);
    link.serve("ownership.promote", async (_from, { shard, epoch }) => ({
      ok: nodes.get(shard)?.ownership.isReadyToSucceed(epoch) ?? false,
    }));
    serveHold(link, (shard) => {
      const node = nodes.get(shard);
      assert(node !== undefined, `the Region has the shard ${shard}`);
      return node.steps;
    });
    const status = () => ({ region: link.self, shards: [...nodes.values()].map(statusOf) });
    const contacts = new RegionContacts({
      regions,
      link,
      clock,
      status,
      timeoutMs: dependencies.timing.contactMs,
      everyMs: dependencies.contactEveryMs,
    });
    return new RegionCore(nodes, contacts);
  }

  start(): void {
    this.contacts.start();
    for (const node of this.nodes.values()) node.start();
  }

  async stop(): Promise<void> {
    this.contacts.stop();
    await Promise.all([...this.nodes.values()].map((node) => node.stop()));
  }
}

const foldHere: CreateMatching = (recovered, dependencies) => new MatchingService(recovered, dependencies);

function statusOf({ shard, matching, isProvisional }: ShardNode): RegionStatus["shards"][number] {
  const { branch, seq } = matching.place;
  return { shard, branch, seq, provisional: isProvisional, unjournaledMs: matching.unjournaled.ageMs };
}
