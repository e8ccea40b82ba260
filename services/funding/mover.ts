import type { Asset } from "#shared/domain/asset.ts";
import type { Command } from "#shared/domain/command.ts";
import type { TransferState } from "#shared/domain/engine-state.ts";
import type { CommandId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { creditIdOf, settlementIdOf } from "./transfer-ids.ts";

/** What the mover needs of a shard. */
export interface MoverShard {
  readonly shard: ShardId;
  /** True while this Region owns it and is sure of that: one Region moves what a shard sent. */
  isOwned(): boolean;
  /** What it sent, as this Region's fold has it, with a seq at which that was so. */
  transfersInFlight(): readonly (TransferState & { readonly seq: Seq })[];
  /** The seq at which this Region's fold credited a transfer there, if it did. */
  creditedAt(transferId: CommandId): Seq | undefined;
  asset(id: string): Asset | undefined;
  /** The highest seq of this Region's tape that is final. */
  finalSeq(): number;
  /** Brings a command to the shard's canonical owner, never into a fork. Nothing is heard of it here: the fold tells. */
  append(commandId: CommandId, command: Command): Promise<void>;
  /** Called when something of transfers has happened in the fold, or may have been undone. */
  onTransfer(listener: () => void): Subscription;
  /** Called when more has become final. */
  onFinal(listener: () => void): Subscription;
}

export interface MoverDependencies {
  readonly shards: readonly MoverShard[];
  readonly clock: Clock;
}

/** What was sent in vain is sent again after so long. */
const RETRY_MS = 1000;

/**
 * Moves funds between shards (architecture, section 5): what a shard sent is credited at the other once it is final, and taken off the list of what is in
 * flight once the credit is final. It keeps nothing: it acts on what the folds say, and every step may be taken any number of times, also by two
 * movers at once.
 */
export class TransferMover {
  readonly #clock: Clock;
  readonly #shards: ReadonlyMap<ShardId, MoverShard>;
  readonly #subscriptions: readonly Subscription[];
  /** When a command was sent last, monotonic ms. */
  readonly #sentAt = new Map<CommandId, number>();
  #timer: Timer | undefined;
  #isScheduled = false;
  /** Something is in flight, whoever moves it. */
  #isBusy = false;
  #isStopped = false;

  constructor({ shards, clock }: MoverDependencies) {
    this.#clock = clock;
    this.#shards = new Map(shards.map((shard) => [shard.shard, shard]));
    this.#subscriptions = shards.flatMap((shard) => [
      shard.onTransfer(() => this.#schedule(0)),
      shard.onFinal(() => {
        if (this.#isBusy) this.#schedule(0);
      }),
    ]);
    this.#schedule(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const subscription of this.#subscriptions) subscription.cancel();
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped || (this.#isScheduled && delayMs === 0)) return;
    this.#isScheduled = delayMs === 0;
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(delayMs, () => {
      this.#isScheduled = false;
      this.#step();
    });
  }

  #step(): void {
    const wanted = new Set<CommandId>();
    this.#isBusy = false;
    for (const from of this.#shards.values()) {
      const inFlight = from.transfersInFlight();
      // Also what another Region has to move: this one may own the shard a moment later, and nothing else would tell.
      if (inFlight.length > 0) this.#isBusy = true;
      if (!from.isOwned()) continue;
      for (const transfer of inFlight) {
        // No effect leaves a shard before it is final.
        if (transfer.seq > from.finalSeq()) continue;
        for (const id of this.#move(from, transfer)) wanted.add(id);
      }
    }
    for (const id of this.#sentAt.keys()) if (!wanted.has(id)) this.#sentAt.delete(id);
    if (this.#isBusy) this.#schedule(RETRY_MS);
  }

  /** The next command of a transfer, sent unless it was a moment ago; its id, and none where something must become final first. */
  #move(from: MoverShard, { transferId, account, asset, amount, toShard }: TransferState): CommandId[] {
    const to = this.#shards.get(toShard);
    // Of another configuration: whoever knows the shard moves it.
    if (to === undefined) return [];
    const creditedAt = to.creditedAt(transferId);
    if (creditedAt !== undefined) {
      if (creditedAt > to.finalSeq()) return [];
      return this.#send(from, settlementIdOf(transferId), { kind: "TransferSettled", transferId });
    }
    const scale = from.asset(asset)?.scale;
    assert(scale !== undefined, `what ${from.shard} sent, it knows`);
    const fromShard = from.shard;
    return this.#send(to, creditIdOf(transferId), {
      kind: "TransferIn",
      ...{ transferId, account, asset, scale, amount, fromShard },
    });
  }

  #send(shard: MoverShard, commandId: CommandId, command: Command): CommandId[] {
    const now = this.#clock.monotonic();
    const before = this.#sentAt.get(commandId);
    if (before === undefined || now - before >= RETRY_MS) {
      this.#sentAt.set(commandId, now);
      void shard.append(commandId, command);
    }
    return [commandId];
  }
}
