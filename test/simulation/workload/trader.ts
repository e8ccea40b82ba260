import type { AccountId, CommandId, MarketId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";
import type { Reply, SimulatedRegion } from "#test/simulation/simulated-region.ts";
import { EPOCH } from "#test/simulation/time/virtual-clock.ts";
import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";
import type { Trace } from "#test/simulation/trace.ts";
import { type Intent, someIntent, type TraderMemory } from "./client-command.ts";
import { type ClientWeather, PATIENCE_MS } from "./client-network.ts";

/** What everybody may see of a trader's requests: nothing else of it is known to the auditor. */
export interface TraderWitness {
  asked(commandId: CommandId, account: AccountId, shard: ShardId, region: RegionId): void;
  answered(commandId: CommandId, region: RegionId, reply: Reply): void;
}

/** Where a trader may trade: a market, the shard that has it, and the assets of that shard. */
export interface TradingPlace {
  readonly market: MarketId;
  readonly shard: ShardId;
  readonly assets: readonly TraderAsset[];
}
type TraderAsset = Parameters<typeof someIntent>[3][number];

export interface TraderSurroundings {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly regions: readonly RegionId[];
  readonly places: readonly TradingPlace[];
  /** The Region's process, if it runs. */
  running(region: RegionId): SimulatedRegion | undefined;
  readonly weather: ClientWeather;
  readonly witness: TraderWitness;
}

interface Request {
  readonly commandId: CommandId;
  readonly shard: ShardId;
  readonly intent: Intent;
  attempts: number;
}

const MOST_ATTEMPTS = 12;

/** One client: it acts now and then, asks again under the same id until it knows, and goes to another Region when its own does not answer. */
export class Trader {
  readonly #memory: TraderMemory;
  readonly #random: SimulatedRandom;
  readonly #around: TraderSurroundings;
  readonly #meanPauseMs: number;
  /** Of what it has open twice: a chance of its own, so that it changes nothing of what else it does. */
  readonly #twofold: SimulatedRandom;
  #region: RegionId;
  #open = 0;
  #isStopped = false;

  constructor(
    account: AccountId,
    random: SimulatedRandom,
    around: TraderSurroundings,
    memory: TraderMemory,
    meanPauseMs: number,
  ) {
    this.#random = random;
    this.#twofold = random.split("twofold");
    this.#around = around;
    this.#memory = memory;
    this.#meanPauseMs = meanPauseMs;
    this.#region = around.regions[account % around.regions.length] as RegionId;
  }

  /** How many of its requests it still wants to know something about. */
  get open(): number {
    return this.#open;
  }

  /** How many orders it has thought of. */
  get orders(): number {
    return this.#memory.orders;
  }

  start(): void {
    const { time, places } = this.#around;
    const random = this.#random;
    time.schedule(random.exponential(this.#meanPauseMs), () => {
      if (this.#isStopped) return;
      const { market, shard, assets } = random.pick(places);
      const otherShards = [...new Set(places.map((place) => place.shard))].filter((each) => each !== shard);
      this.#memory.story.now = EPOCH + Math.floor(time.now);
      this.begin(shard, someIntent(random, this.#memory, market, assets, otherShards));
      this.start();
    });
  }

  /** Nothing new; what is under way is brought to its end. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Sends something under a fresh id. */
  begin(shard: ShardId, intent: Intent): CommandId {
    const commandId = Buffer.from(this.#random.bytes(16)).toString("hex") as CommandId;
    const request: Request = { commandId, shard, intent, attempts: 0 };
    this.#open++;
    this.#send(request);
    // Some click twice.
    if (this.#random.perMille(15)) {
      this.#open++;
      this.#send({ ...request });
    }
    // And some are at two Regions at once, which may not hear of each other: one may take what the other refuses.
    if (this.#twofold.perMille(40)) {
      this.#open++;
      this.#send({ ...request }, this.#twofold.pick(this.#around.regions));
    }
    return commandId;
  }

  #send(request: Request, region = this.#region): void {
    const { time, trace, weather, witness } = this.#around;
    const random = this.#random;
    const { commandId, shard } = request;
    const { account } = this.#memory;
    request.attempts++;
    witness.asked(commandId, account, shard, region);
    let isOver = false;
    const end = (reply: Reply) => {
      if (isOver) return;
      isOver = true;
      this.#take(request, region, reply);
    };
    time.schedule(PATIENCE_MS, () => end({ kind: "unknown" }));
    if (random.perMille(weather.lostPerMille)) return;
    time.schedule(random.exponential(weather.delayMs), () => {
      const process = this.#around.running(region);
      if (process === undefined) {
        time.schedule(random.exponential(weather.delayMs), () => end({ kind: "unknown" }));
        return;
      }
      trace.note("asks", region, account, commandId.slice(0, 8));
      void process
        .submit(
          shard,
          commandId,
          request.intent(() => process.mintOrderId()),
        )
        .then((reply) => {
          if (random.perMille(weather.lostPerMille)) return;
          time.schedule(random.exponential(weather.delayMs), () => {
            // What arrives after its patience is over was told to it all the same.
            witness.answered(commandId, region, reply);
            end(reply);
          });
        });
    });
  }

  #take(request: Request, region: RegionId, reply: Reply): void {
    const { time, trace, regions } = this.#around;
    const random = this.#random;
    trace.note(`is told ${reply.kind}`, region, this.#memory.account, request.commandId.slice(0, 8));
    const isKnown = reply.kind === "outcome" || reply.kind === "queued";
    const givesUp = request.attempts >= MOST_ATTEMPTS || (reply.kind === "refused" && random.perMille(500));
    if (isKnown || givesUp) {
      this.#open--;
      return;
    }
    if (region === this.#region && random.perMille(500)) this.#region = random.pick(regions);
    time.schedule(random.exponential(1500), () => this.#send(request));
  }
}
