import { openStores } from "#local/open-stores.ts";
import { recoverFold } from "#services/matching/recover.ts";
import { ShardFold } from "#services/matching/shard-fold.ts";
import type { OpenChannel } from "#services/matching/zones/channel.ts";
import { channelPair } from "#services/matching/zones/channel-pair.ts";
import { MatchingZone } from "#services/matching/zones/matching-zone.ts";
import type { ZoneDivergence } from "#services/matching/zones/zone-digests.ts";
import { ZoneHub } from "#services/matching/zones/zone-hub.ts";
import type { FromZone, ToZone } from "#services/matching/zones/zone-messages.ts";
import { ZonedMatching } from "#services/matching/zones/zoned-matching.ts";
import { Tape } from "#services/replication/tape.ts";
import { TapeCursor } from "#services/replication/tape-cursor.ts";
import { ROOT_PLACE } from "#services/replication/tape-plan.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Command } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, AssetId, BranchId, CommandId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { ShardStores } from "#shared/ports/stores.ts";
import { SEED } from "./seed.ts";
import { seededRandom } from "./seeded-random.ts";
import { soloPlan } from "./solo-plan.ts";

export const REGION = "us-east-1" as RegionId;
export const SHARD = "shard-1" as ShardId;
const BRANCH = "us-east-1.1" as BranchId;

export interface StageZoneOptions {
  readonly ringMax?: number;
  /** Changes the zone's end of the channel. */
  readonly wrap?: (open: OpenChannel<FromZone, ToZone>) => OpenChannel<FromZone, ToZone>;
}

/** One shard of one Region over real stores, with matching zones that a test adds and kills. */
export class ZoneStage {
  readonly stores: ShardStores;
  readonly copies: LogCopies;
  readonly tape: Tape;
  readonly hub: ZoneHub;
  readonly matching: ZonedMatching;
  readonly published: Outcome[] = [];
  /** The seqs that the tape went back to, and how many outcomes had been published then. */
  readonly rewinds: { readonly toSeq: number; readonly published: number }[] = [];
  readonly divergences: ZoneDivergence[];
  readonly failovers: string[];
  readonly #closeStores: () => Promise<void>;
  #commands = 0;

  private constructor(
    stores: ShardStores,
    closeStores: () => Promise<void>,
    parts: Pick<ZoneStage, "copies" | "tape" | "hub" | "matching" | "failovers" | "divergences">,
  ) {
    this.stores = stores;
    this.#closeStores = closeStores;
    this.copies = parts.copies;
    this.tape = parts.tape;
    this.hub = parts.hub;
    this.matching = parts.matching;
    this.failovers = parts.failovers;
    this.divergences = parts.divergences;
  }

  static async open(folder: string, snapshotCommands = 50): Promise<ZoneStage> {
    const clock = systemClock();
    const random = seededRandom(SEED);
    const onFailure = (error: unknown) => {
      throw error;
    };
    const all = openStores(folder, { fresh: false, shards: [SHARD], onFailure });
    const stores = all.shards.get(SHARD);
    if (stores === undefined) throw new Error("the shard's stores are open");
    const { copies } = all;
    const { log, journal, snapshots } = stores;
    const plan = await soloPlan({ shard: SHARD, region: REGION, log, mintBranch: () => BRANCH, random });
    const tape = new Tape({ shard: SHARD, self: REGION, log, copies }, plan);
    const failovers: string[] = [];
    const hub = new ZoneHub({
      clock,
      onFailover: ({ from, to, reason }) => failovers.push(`${from} ${reason}, then ${to}`),
    });
    const feed = createLocalOutcomeFeed();
    const divergences: ZoneDivergence[] = [];
    const matching = new ZonedMatching(await recoverFold({ tape, journal, snapshots }), {
      hub,
      tape,
      log,
      journal,
      snapshots,
      feed,
      clock,
      random,
      snapshotPolicy: {
        commandsMin: snapshotCommands,
        commandsMax: snapshotCommands,
        intervalMs: 3_600_000,
      },
      finalSeq: () => 0,
      onRecords: () => {},
      onDigest: () => {},
      onDivergence: (divergence) => divergences.push(divergence),
      onFailure,
    });
    const stage = new ZoneStage(stores, () => all.close(), {
      copies,
      tape,
      hub,
      matching,
      failovers,
      divergences,
    });
    feed.subscribe(
      (outcome) => stage.published.push(outcome),
      ({ toSeq }) => stage.rewinds.push({ toSeq, published: stage.published.length }),
    );
    return stage;
  }

  /** A matching instance; the function kills it. */
  addZone(zone: string, { ringMax, wrap = (open) => open }: StageZoneOptions = {}): () => void {
    const [near, far] = channelPair<FromZone, ToZone>(systemClock());
    const instance = new MatchingZone({
      zone,
      clock: systemClock(),
      open: wrap(near),
      onClose: () => {},
      ...(ringMax === undefined ? {} : { ringMax }),
    });
    this.hub.accept(far);
    return () => instance.close();
  }

  /** Appends so many commands, each with an effect of its own. */
  async append(count: number): Promise<void> {
    const appends = Array.from({ length: count }, () =>
      this.stores.log.append(depositRecord(BRANCH, ++this.#commands)),
    );
    await Promise.all(appends);
  }

  /** What the tape folds to, from its beginning, and nothing else. */
  async folded(): Promise<Outcome[]> {
    const fold = ShardFold.create(SHARD);
    const outcomes: Outcome[] = [];
    const cursor = new TapeCursor(
      this.tape,
      {
        take: (records) => {
          for (const record of records) outcomes.push(fold.take(record));
        },
        rewind: () => {
          throw new Error("the tape stands still");
        },
      },
      { place: ROOT_PLACE, tip: 0 },
    );
    await cursor.catchUp();
    return outcomes;
  }

  async journaled(): Promise<readonly Outcome[]> {
    return this.stores.journal.read(0, 1_000_000);
  }

  async close(): Promise<void> {
    await this.matching.stop();
    await this.matching.saveLast();
    this.hub.close();
    await this.#closeStores();
  }
}

/** A deposit that no other number makes; the first defines what is deposited. */
export function depositRecord(branch: BranchId, number: number): Uint8Array {
  const asset = "USD" as AssetId;
  const command: Command =
    number === 1
      ? { kind: "DefineAsset", asset: { id: asset, scale: 2 } }
      : { kind: "Deposit", account: ((number % 7) + 1) as AccountId, asset, amount: number };
  const commandId = number.toString(16).padStart(32, "0") as CommandId;
  return encodeCommand({ commandId, branch, validUntil: 0, command });
}
