import { createHash } from "node:crypto";
import type { Command } from "#shared/domain/command.ts";
import type { CommandId, OrderId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Random } from "#shared/ports/random.ts";
import type { OrderEntry, Submission } from "../order-entry.ts";
import type { IntakeStatus } from "../regions/exchange-status.ts";
import type { AutoFunding } from "./auto-funding.ts";
import { accountOf, marketOf } from "./command-kinds.ts";
import type { ShardIntake } from "./shard-intake.ts";

export interface RegionIntakeDependencies {
  readonly shards: readonly ShardIntake[];
  /** The shard that trades a market. */
  readonly shardOf: (market: string) => ShardId | undefined;
  /** Moves what an order needs from other shards. */
  /** Without it an order short of funds is refused, wherever else they lie. */
  readonly funding?: AutoFunding | undefined;
  readonly random: Random;
  readonly mintOrderId: () => OrderId;
}

/** A Region's way into the exchange: each command to its shard. */
export class RegionIntake implements OrderEntry {
  readonly #dependencies: RegionIntakeDependencies;
  readonly #shards: ReadonlyMap<ShardId, ShardIntake>;
  /** By shard and account, while an order waits for its funds: what comes behind it waits too, so the account's commands keep their order. */
  readonly #lanes = new Map<string, Promise<void>>();

  constructor(dependencies: RegionIntakeDependencies) {
    this.#dependencies = dependencies;
    this.#shards = new Map(dependencies.shards.map((intake) => [intake.shard, intake]));
  }

  mintOrderId(): OrderId {
    return this.#dependencies.mintOrderId();
  }

  commandIdOf(account: number, idempotencyKey: string): CommandId {
    const hash = createHash("sha256").update(`${account}\n${idempotencyKey}`).digest("hex");
    return hash.slice(0, 32) as CommandId;
  }

  freshCommandId(account: number): CommandId {
    return this.commandIdOf(account, Buffer.from(this.#dependencies.random.bytes(16)).toString("hex"));
  }

  submit(commandId: CommandId, command: Command, shard?: ShardId): Promise<Submission> {
    const market = marketOf(command);
    const wanted = shard ?? (market === undefined ? undefined : this.#dependencies.shardOf(market));
    assert(wanted !== undefined, `a ${command.kind} names its shard, or a market of one`);
    const intake = this.#shards.get(wanted);
    assert(intake !== undefined, `there is no shard ${wanted}`);
    const lane = `${wanted} ${accountOf(command)}`;
    const ahead = this.#lanes.get(lane);
    if (ahead === undefined && this.#dependencies.funding?.needed(commandId, command, wanted) === undefined) {
      return this.#submit(commandId, command, intake);
    }
    const funded = (ahead ?? Promise.resolve()).then(() => this.#fund(commandId, command, wanted));
    this.#lanes.set(lane, funded);
    return funded.then(() => {
      // Submitted in the turn in which the lane ends: nothing comes between.
      if (this.#lanes.get(lane) === funded) this.#lanes.delete(lane);
      return this.#submit(commandId, command, intake);
    });
  }

  #submit(commandId: CommandId, command: Command, intake: ShardIntake): Promise<Submission> {
    const { funding } = this.#dependencies;
    const submit = () => intake.submit(commandId, command);
    return funding === undefined ? submit() : funding.reserving(command, intake.shard, submit);
  }

  async #fund(commandId: CommandId, command: Command, shard: ShardId): Promise<void> {
    const { funding } = this.#dependencies;
    const needed = funding?.needed(commandId, command, shard);
    if (needed !== undefined) await funding?.fund(needed);
  }

  /** How the way into a shard stands. */
  status(shard: ShardId): IntakeStatus | undefined {
    return this.#shards.get(shard)?.status();
  }

  /** Brings a command of the exchange's own to a shard's canonical owner; what becomes of it the fold tells. */
  async append(shard: ShardId, commandId: CommandId, command: Command): Promise<void> {
    await this.#shards.get(shard)?.append(commandId, command);
  }

  /** Something has come into the outbox from elsewhere. */
  wake(): void {
    for (const intake of this.#shards.values()) intake.wake();
  }

  stop(): void {
    for (const intake of this.#shards.values()) intake.stop();
  }
}
