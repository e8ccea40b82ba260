import type { PromotionResult } from "#services/ownership/promotion.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { type RegionDisk, TinyRegion, type TinyRegionOptions } from "./tiny-region.ts";
import { FAIR, VirtualNetwork } from "./virtual-network.ts";
import { clockOf, Life, VirtualTime } from "./virtual-time.ts";

const FAULTS_MS = 5000;
const HEALED_MS = 6000;

export interface OwnershipRun {
  readonly record: OwnershipRecord | undefined;
  readonly disks: ReadonlyMap<RegionId, RegionDisk>;
  /** By owner's Region, epoch and position: told to be final. */
  readonly finals: readonly { readonly owner: RegionId; readonly epoch: number; readonly position: number }[];
  /** The most Regions that were sure to be the owner at one moment. */
  readonly sureAtOnce: number;
  /** All agree on the record, can fold it and follow its last epoch, and its owner is sure, at the end. */
  readonly isWell: boolean;
  readonly promotions: readonly {
    readonly from: RegionId;
    readonly epoch: number;
    readonly result: PromotionResult;
  }[];
}

export type WorldFaults = Pick<TinyRegionOptions, "breakSteps">;

/** Regions own, lose and take over one shard while links fail, Regions crash and an operator moves it; then all is well again. */
export async function runOwnership(seed: number, faults: WorldFaults = {}): Promise<OwnershipRun> {
  const random = seededRandom(seed);
  const time = new VirtualTime();
  const network = new VirtualNetwork(time, random);
  const regions = ["a", "b", "c", "d", "e"].slice(0, [1, 3, 3, 3, 3, 5][random.below(6)]) as RegionId[];
  const disks = new Map<RegionId, RegionDisk>(
    regions.map((region) => [
      region,
      { own: [], copies: new Map(), fencedEpoch: 0, acceptor: new Map(), branches: 0 },
    ]),
  );
  const lives = new Map<RegionId, { life: Life; region: TinyRegion }>();
  const finals = new Map<string, { owner: RegionId; epoch: number; position: number }>();
  const promotions: { from: RegionId; epoch: number; result: PromotionResult }[] = [];
  let lastId = 0;
  let sureAtOnce = 0;

  const start = (self: RegionId) => {
    const disk = disks.get(self);
    if (disk === undefined) return;
    const life = new Life();
    const clock = clockOf(time, life, 0.94 + random.below(12) / 100, random.below(10_000));
    const written = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      clock.schedule(random.below(15) === 0 ? random.below(60) : random.below(4), resolve);
      return promise;
    };
    const region = new TinyRegion({
      ...faults,
      regions,
      link: network.linkOf(self, life),
      clock,
      random,
      disk,
      written,
      nextId: () => ++lastId,
      onFinal: ({ owner, epoch }, position) => finals.set(`${epoch}`, { owner, epoch, position }),
    });
    lives.set(self, { life, region });
    region.start();
  };
  const one = () => regions[random.below(regions.length)] ?? regions[0] ?? ("a" as RegionId);
  const misfortune = () => {
    const self = one();
    const lived = lives.get(self);
    switch (random.below(7)) {
      case 0:
      case 1:
        if (lived?.life.isAlive) {
          lived.life.isAlive = false;
          time.schedule(random.below(1500), () => start(self));
        }
        break;
      case 2:
        for (const other of regions) {
          network.cut(self, other);
          network.cut(other, self);
        }
        break;
      case 3:
        network.cut(self, one());
        break;
      case 4:
        network.weather = {
          loss: random.below(20),
          duplication: random.below(20),
          delayMsMax: 2 + random.below(50),
        };
        break;
      case 5:
        network.cuts.clear();
        break;
      case 6:
        for (const [from, { life, region }] of lives) {
          const { record } = region.ownership;
          if (!life.isAlive || !region.ownership.isOwner || record === undefined) continue;
          const epoch = record.lineage.at(-1)?.epoch ?? 0;
          void region.ownership.promote(one()).then((result) => promotions.push({ from, epoch, result }));
        }
        break;
    }
  };
  const watch = () => {
    const sure = [...lives.values()].filter(({ life, region }) => life.isAlive && region.ownership.isSure());
    sureAtOnce = Math.max(sureAtOnce, sure.length);
    time.schedule(7, watch);
  };

  for (const region of regions) start(region);
  watch();
  await time.runUntil(500);
  for (let at = 500; at < FAULTS_MS; at += 50 + random.below(500)) {
    await time.runUntil(at);
    misfortune();
  }
  network.weather = FAIR;
  network.cuts.clear();
  await time.runUntil(FAULTS_MS + 1600);
  const all = () => [...lives.values()].map(({ region }) => region);
  const isWell = () => {
    const epochs = all().map(({ ownership }) => ownership.record?.lineage.length ?? 0);
    const isOneRecord = epochs.every((epoch) => epoch === epochs[0]);
    const isFollowed = [...disks.values()].every(({ fencedEpoch }) => fencedEpoch < (epochs[0] ?? 0));
    const isOwned = all().some(({ ownership }) => ownership.isSure());
    return isOneRecord && isFollowed && isOwned && all().every((region) => region.canFold());
  };
  await time.runUntil(FAULTS_MS + HEALED_MS, isWell);
  const records = all().flatMap(({ ownership }) => ownership.record ?? []);
  const record = records.toSorted((a, b) => b.renewal - a.renewal)[0];
  return { record, disks, finals: [...finals.values()], sureAtOnce, isWell: isWell(), promotions };
}
