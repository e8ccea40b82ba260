import { Register } from "#services/ownership/register.ts";
import { serveAcceptor } from "#services/ownership/serve-acceptor.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import type { Random } from "#shared/ports/random.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { type AcceptorDisk, memoryAcceptor } from "./memory-acceptor.ts";
import { type Call, type Made, valueIn } from "./register-history.ts";
import { FAIR, VirtualNetwork } from "./virtual-network.ts";
import { clockOf, Life, VirtualTime } from "./virtual-time.ts";

const SHARD = "shard-1" as ShardId;
const TIMEOUT_MS = 60;
const FAULTS_MS = 1500;
const HEALED_MS = 20_000;

export interface RegisterRun {
  readonly calls: readonly Call[];
  /** The value that all Regions read after the faults; `undefined` if they could not. */
  readonly last: string | undefined;
}

export interface RegisterWorldOptions {
  /** Puts a fault into the acceptors, to see that the checker finds it. */
  readonly breakAcceptor?: (acceptor: Acceptor) => Acceptor;
  /** What a crash does to a disk: nothing, unless a fault is wanted. */
  readonly onCrash?: (disk: AcceptorDisk) => void;
}

/** Clients in every Region read and change one register while messages get lost, late and doubled, and Regions crash; then all is well again. */
export async function runRegister(seed: number, options: RegisterWorldOptions = {}): Promise<RegisterRun> {
  const random = seededRandom(seed);
  const time = new VirtualTime();
  const network = new VirtualNetwork(time, random);
  network.weather = {
    loss: random.below(15),
    duplication: random.below(30),
    delayMsMax: 2 + random.below(80),
  };
  const regions = ["a", "b", "c", "d", "e"].slice(0, [1, 3, 3, 3, 5][random.below(5)]) as RegionId[];
  const disks = new Map(regions.map((region) => [region, new Map() as AcceptorDisk]));
  const lives = new Map<RegionId, Life>();
  const calls: Call[] = [];
  let isFaulty = true;

  const start = (region: RegionId): Register => {
    const life = new Life();
    lives.set(region, life);
    const clock = clockOf(time, life);
    const link = network.linkOf(region, life);
    const written = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      clock.schedule(random.below(10) === 0 ? random.below(300) : random.below(4), resolve);
      return promise;
    };
    const sound = memoryAcceptor(disks.get(region) ?? new Map(), written);
    const acceptor = options.breakAcceptor?.(sound) ?? sound;
    serveAcceptor(link, acceptor);
    return new Register({
      shard: SHARD,
      regions,
      link,
      acceptor,
      clock,
      random,
      timeoutMs: TIMEOUT_MS,
      maxRounds: 4,
    });
  };
  const live = (region: RegionId) => {
    const register = start(region);
    const life = lives.get(region) ?? new Life();
    const clients = 1 + random.below(2);
    for (let client = 0; client < clients; client++)
      void beClient(register, random, time, calls, () => isFaulty && life.isAlive);
    if (random.below(3) > 0)
      time.schedule(100 + random.below(1000), () => {
        if (!isFaulty) return;
        life.isAlive = false;
        options.onCrash?.(disks.get(region) ?? new Map());
        time.schedule(random.below(400), () => {
          if (isFaulty) live(region);
        });
      });
    const silent = regions[random.below(regions.length)];
    if (random.below(3) === 0 && silent !== undefined) network.cut(silent, region);
    else network.cuts.clear();
  };

  for (const region of regions) live(region);
  await time.runUntil(FAULTS_MS);
  isFaulty = false;
  network.weather = FAIR;
  network.cuts.clear();
  await time.runUntil(FAULTS_MS + 1000);
  for (const life of lives.values()) life.isAlive = false;
  const survivors = regions.map(start);
  let readings: string[] | undefined;
  void Promise.all(survivors.map(readUntilAnswered)).then((values) => {
    readings = values;
  });
  await time.runUntil(FAULTS_MS + HEALED_MS, () => readings !== undefined);
  const [last] = readings ?? [];
  return { calls, last: readings?.every((one) => one === last) ? last : undefined };
}

/** Readers who all begin at once may stand in each other's way for a while. */
async function readUntilAnswered(register: Register): Promise<string> {
  for (;;) {
    const result = await register.read();
    if (result.ok) return valueIn(result.record);
  }
}

async function beClient(
  register: Register,
  random: Random,
  time: VirtualTime,
  calls: Call[],
  goesOn: () => boolean,
): Promise<void> {
  while (goesOn()) {
    const isRead = random.below(3) === 0;
    const made: Made[] = [];
    const begun = time.now;
    const at = calls.length;
    const unanswered = { begun, ended: Number.POSITIVE_INFINITY, answer: undefined, isRefused: false };
    calls.push({ ...unanswered, kind: isRead ? "read" : "change", made });
    /** Callers look at the record and may leave it as it is, also after a round in which they did not. */
    const next = (record: OwnershipRecord | undefined) => {
      if (random.below(6) === 0) return undefined;
      const value = `${at}.${made.length}`;
      made.push({ value, from: valueIn(record) });
      return sampleRecord(value);
    };
    const result = isRead
      ? { ...(await register.read()), changed: false }
      : { changed: false, ...(await register.change(next)) };
    const ended = result.ok || result.error !== "ambiguous" ? time.now : Number.POSITIVE_INFINITY;
    const answer = result.ok ? valueIn(result.record) : undefined;
    // A change that left the record as it is has read it.
    const kind = result.changed ? "change" : "read";
    const isRefused = result.ok ? !result.changed : result.error !== "ambiguous";
    calls[at] = { begun, ended, kind, made, answer, isRefused };
    const { promise, resolve } = Promise.withResolvers<void>();
    time.schedule(random.below(60), resolve);
    await promise;
  }
}

function sampleRecord(value: string): OwnershipRecord {
  const span = {
    epoch: 1,
    branch: value as BranchId,
    owner: "a" as RegionId,
    parentSeq: 0 as Seq,
    start: 0,
    cutDigest: "",
  };
  return { shard: SHARD, lineage: [span], leaseMs: 1000, renewal: 1 };
}
